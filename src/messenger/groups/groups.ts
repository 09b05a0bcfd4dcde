/** Groups in one messenger: what they put into the context, and looking for members that nobody has introduced yet. */
import type { ChatId } from '../../model/ids.ts'
import { knownChat, putChat } from '../../store/chats.ts'
import { dropMail, mailOf } from '../../store/mail.ts'
import { outboxOf } from '../../store/outbox.ts'
import { inBackground } from '../context.ts'
import type { Context } from '../context.ts'
import { createGroupDoor } from './group-door.ts'
import { loadLaws } from './law.ts'
import { tellGuests } from './outsiders.ts'
import { meetStrangers, strangersIn } from './people.ts'

export interface Groups {
  /** Before anything is sent or taken. */
  load(): Promise<void>
  start(): void
  stop(): void
}

export const createGroups = (ctx: Context): Groups => {
  ctx.groupDoor = createGroupDoor(ctx)
  const meetAll = (): void => {
    for (const chat of ctx.rosters.keys()) meetStrangers(ctx, chat)
  }
  const hasStrangers = (): boolean => [...ctx.rosters.keys()].some((chat) => strangersIn(ctx, chat).length > 0)
  let known = 0
  const unfollow = ctx.net.onReachability(({ devices }) => {
    const isMore = devices.size > known
    known = devices.size
    if (isMore && ctx.own !== undefined && !ctx.stopping.signal.aborted && hasStrangers()) meetAll()
  })
  const unlisten = ctx.db.changes.listen(({ chats }) => {
    if (ctx.own === undefined) return
    for (const chat of chats) if (ctx.rosters.has(chat)) afterChange(ctx, chat)
  })
  return {
    load: () => loadLaws(ctx),
    start: meetAll,
    stop: () => {
      unfollow()
      unlisten()
    }
  }
}

const counted = new WeakMap<Context, Map<ChatId, unknown>>()

/** A roster that changed may name people whom we do not know. */
const afterChange = (ctx: Context, chat: ChatId): void => {
  const seen = counted.get(ctx) ?? new Map<ChatId, unknown>()
  counted.set(ctx, seen)
  const roster = ctx.rosters.get(chat)
  if (seen.get(chat) === roster) return
  seen.set(chat, roster)
  meetStrangers(ctx, chat)
  if (!wasRemoved(ctx, chat)) return
  inBackground(ctx, 'groups.clear-failed', async () => {
    await clearMail(ctx, chat)
    tellGuests(ctx, chat)
  })
}

/** By somebody else: nobody wants anything of us there any more. Who left by themselves still has that to say. */
const wasRemoved = (ctx: Context, chat: ChatId): boolean => {
  const roster = ctx.rosters.get(chat)
  const own = ctx.own?.did
  if (roster === undefined || own === undefined || roster.members.has(own)) return false
  const removal = roster.removals.findLast(({ account, isWhole }) => account === own && isWhole)
  return roster.verdicts.some(({ event }) => event.id === removal?.id && event.author !== own)
}

const clearMail = async (ctx: Context, chat: ChatId): Promise<void> => {
  const rows = outboxOf(ctx.db, chat)
  const mail = mailOf(ctx.db, chat)
  if (rows.length + mail.length === 0) return
  await ctx.db.write(['outbox', 'mail', 'chats'], async (change) => {
    await ctx.db.tables.outbox.bulkDelete(rows.map(({ id }) => id))
    await dropMail(
      ctx.db,
      mail.map(({ id }) => id)
    )
    await putChat(ctx.db, change, { ...knownChat(ctx.db, chat), debts: {} })
    change.outbox.add(chat)
  })
}
