/** Groups in one messenger: what they put into the context, and looking for members that nobody has introduced yet. */
import type { ChatId } from '../../model/ids.ts'
import type { Context } from '../context.ts'
import { createGroupDoor } from './group-door.ts'
import { loadLaws } from './law.ts'
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
}
