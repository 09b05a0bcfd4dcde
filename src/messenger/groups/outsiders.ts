/**
 * RO1: whoever was removed may not know it: nobody removed them to their face, or whoever let them in did not know of it. When
 * they write to us or ask us something, they are told, once for each roster; by its events they see for themselves. Whom we let
 * in ourselves while we were out without knowing it, nobody else knows of: we tell them as soon as we know better.
 */
import type { GroupLaw } from '../../model/group-law.ts'
import type { ChatId, Did } from '../../model/ids.ts'
import type { Roster } from '../../model/roster.ts'
import { mailOf, putMail } from '../../store/mail.ts'
import { inBackground } from '../context.ts'
import type { Context } from '../context.ts'
import { sessionFor } from '../sessions/carrier.ts'
import { farewellMail, isFarewell } from '../sessions/openings.ts'

const told = new WeakMap<Context, Map<string, Roster>>()

/** Also without effect: whoever was let in so believes it. */
const addedBy = ({ events }: GroupLaw, author?: Did): ReadonlySet<Did> =>
  new Set(
    [...events.values()].flatMap((event) =>
      event.change.kind === 'add' && (author === undefined || event.author === author)
        ? event.change.seats.map(({ account }) => account)
        : []
    )
  )

/** After the roster changed. */
export const tellGuests = (ctx: Context, id: ChatId): void => {
  const law = ctx.laws.get(id)
  if (law === undefined || ctx.own === undefined || law.roster.members.has(ctx.own.did)) return
  for (const did of addedBy(law, ctx.own.did)) if (!law.wasEverIn(did)) noticeOutsider(ctx, id, did)
}

export const noticeOutsider = (ctx: Context, id: ChatId, did: Did): void => {
  const law = ctx.laws.get(id)
  const { own } = ctx
  if (law === undefined || own === undefined || did === own.did || law.roster.members.has(did)) return
  const isGuest = addedBy(law, own.did).has(did)
  if (!isGuest && (!law.roster.members.has(own.did) || !(law.wasEverIn(did) || addedBy(law).has(did)))) return
  const seen = told.get(ctx) ?? new Map<string, Roster>()
  told.set(ctx, seen)
  const key = `${id} ${did}`
  if (seen.get(key) === law.roster) return
  seen.set(key, law.roster)
  inBackground(ctx, 'groups.farewell-failed', async () => {
    const chat = ctx.db.memory.chats.get(id)
    const session = chat && sessionFor(ctx, own, chat)
    const devices = ctx.db.memory.contacts.get(did)?.devices.map(({ device }) => device) ?? []
    const waiting = new Set(
      mailOf(ctx.db, id)
        .filter(isFarewell)
        .flatMap((row) => row.devices)
    )
    const left = devices.filter((device) => !waiting.has(device))
    if (session === undefined || left.length === 0) return
    await ctx.db.write(['mail'], () => putMail(ctx.db, [farewellMail(ctx, session, left)]))
    ctx.wake(id)
  })
}
