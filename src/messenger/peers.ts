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

/** In a group with us, whatever else they are to us. */
export const isFellow = (ctx: Context, did: Did): boolean => ctx.own !== undefined && meets(ctx, ctx.own.did, did)

/** Whose device it is, as far as we know. */
export const ownerOf = (ctx: Context, device: DeviceId): ContactRow | undefined => {
  for (const contact of ctx.db.memory.contacts.values()) {
    if (contact.devices.some((one) => one.device === device)) return contact
  }
  return undefined
}

/** DL3: own counter up to which a device has everything. What lies before somebody's joining is not owed (LG7). */
export const heldBy = (chat: ChatRecord, { did, device }: Pick<Peer, 'did' | 'device'>): number =>
  chat.delivered[device]?.counter ?? chat.owedFrom?.[did] ?? 0

/** DL2: in larger groups members repair one another (LG7), once two others have an event. */
const MAX_ALL = 16

/** DL2: own counter up to which the outbox has done its duty. */
export const settledUpTo = (ctx: Context, chat: ChatRecord): number => {
  const people = peopleOf(ctx, chat)
  const accounts = accountsOf(ctx, chat)
  if (chat.kind === 'direct') {
    const counters = people.flatMap(({ did, devices }) => devices.map(({ device }) => heldBy(chat, { did, device })))
    return counters.length === 0 ? 0 : Math.min(...counters)
  }
  if (accounts.length === 0) return Number.POSITIVE_INFINITY
  const byDid = new Map(people.map((row) => [row.did, row]))
  if (accounts.length > MAX_ALL) {
    const best = accounts.map((did) =>
      Math.max(0, ...devicesOf(byDid.get(did)).map((device) => heldBy(chat, { did, device })))
    )
    return best.toSorted((a, b) => b - a)[1] ?? 0
  }
  return Math.min(
    ...accounts.map((did) => {
      const devices = devicesOf(byDid.get(did))
      // whose devices are not known yet still must get it
      if (devices.length === 0) return chat.owedFrom?.[did] ?? 0
      return Math.min(...devices.map((device) => heldBy(chat, { did, device })))
    })
  )
}

const devicesOf = (contact: ContactRow | undefined): readonly DeviceId[] =>
  contact?.devices.map(({ device }) => device) ?? []
