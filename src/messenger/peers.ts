/**
 * Whom a chat is with: the devices that must get each event of ours (DL2). Of two people those of the other one; in a group
 * all known devices of everybody in the roster but ourselves. Whoever was removed is no peer and blocks nobody.
 */
import type { ChatId, DeviceId, Did } from '../model/ids.ts'
import type { Roster } from '../model/roster.ts'
import type { ChatRecord, ContactRow } from '../store/rows.ts'
import type { Context } from './context.ts'

export interface Peer {
  readonly did: Did
  readonly device: DeviceId
  readonly homes: readonly string[]
}

export const rosterOf = (ctx: Context, chat: ChatId): Roster | undefined => ctx.rosters.get(chat)

/** Everybody else: the other person, or the members of the roster. */
export const accountsOf = (ctx: Context, chat: ChatRecord): readonly Did[] => {
  if (chat.kind === 'self') return []
  if (chat.kind === 'direct') return [chat.did]
  return [...(rosterOf(ctx, chat.id)?.members.keys() ?? [])].filter((did) => did !== ctx.own?.did)
}

export const peopleOf = (ctx: Context, chat: ChatRecord): readonly ContactRow[] =>
  accountsOf(ctx, chat)
    .map((did) => ctx.db.memory.contacts.get(did))
    .filter((row) => row !== undefined)

export const peersOf = (ctx: Context, chat: ChatRecord): readonly Peer[] =>
  peopleOf(ctx, chat).flatMap(({ did, devices, homes }) => devices.map(({ device }) => ({ did, device, homes })))

/** Both are in a group that we are in too: what one may know of the other, we may tell. */
export const meets = (ctx: Context, one: Did, other: Did): boolean =>
  [...ctx.rosters.values()].some(
    ({ members }) => members.has(one) && members.has(other) && ctx.own !== undefined && members.has(ctx.own.did)
  )
