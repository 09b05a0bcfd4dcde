/** Being close to those we are about to write with: connections started early make the first message fast. */
import type { ChatId } from '../model/ids.ts'
import { listChats } from '../store/chats.ts'
import { contactOf, listContacts } from '../store/contacts.ts'
import type { ContactRow } from '../store/rows.ts'
import type { Context } from './context.ts'
import { inBackground } from './context.ts'
import type { Target } from './net.ts'

/** Those we last wrote with; dialling everybody we ever knew would tell relays more than it helps. */
const RECENT = 12

const targetsOf = (contacts: readonly ContactRow[], relayOnly: boolean): readonly Target[] =>
  contacts
    .filter(({ blocked, standing }) => !blocked && standing === 'open')
    .flatMap(({ devices, homes }) => devices.map(({ device }): Target => ({ to: 'device', device, homes, relayOnly })))

export const warmChat = (ctx: Context, chat: ChatId): void =>
  inBackground(ctx, 'warm.failed', async () => {
    const contact = contactOf(ctx.db, chat)
    if (contact !== undefined) ctx.net.warm(targetsOf([contact], ctx.settings.relayOnly))
  })

/** At a start and whenever we are back: they learn that we are here, and what waits for us comes. */
export const warmRecent = (ctx: Context): void => {
  const warm = (): void =>
    inBackground(ctx, 'warm.failed', async () => {
      if (ctx.own === undefined) return
      const chats = (await listChats(ctx.db)).toSorted((a, b) => b.activeAt - a.activeAt).slice(0, RECENT)
      const wanted = new Set(chats.map(({ did }) => did))
      const contacts = (await listContacts(ctx.db)).filter(({ did }) => wanted.has(did))
      ctx.net.warm(targetsOf(contacts, ctx.settings.relayOnly))
    })
  let before = ctx.net.reachability().state
  const unfollow = ctx.net.onReachability(({ state }) => {
    if (state === 'connected' && before !== 'connected') warm()
    before = state
  })
  ctx.stopping.signal.addEventListener('abort', unfollow, { once: true })
  if (before === 'connected') warm()
}
