/**
 * The one door by which events of others come in, by mail or handed over by a member (LG4): verified outside of the write,
 * applied in it with what waited for them. One bad row and nothing of the batch is taken.
 */
import { AppError } from '../base/errors.ts'
import type { VerifiedEvent } from '../crypto/event.ts'
import type { ChatId, DeviceId, Did } from '../model/ids.ts'
import { dropAside, putAside } from '../store/aside.ts'
import { knownChat } from '../store/chats.ts'
import { updateContact } from '../store/contacts.ts'
import type { TableName } from '../store/database.ts'
import { applyEvents } from '../store/log.ts'
import type { Applied, NewEvent } from '../store/log.ts'
import { settleOutbox } from '../store/outbox.ts'
import type { ChatRecord } from '../store/rows.ts'
import type { Change } from '../store/watch.ts'
import type { Context, Own } from './context.ts'
import { lawFor, rememberLaw } from './groups/law.ts'
import { loadAside, sortByDevice, toAsideRow, verifyBatch } from './incoming.ts'
import type { Sorted } from './incoming.ts'
import { accountsOf, settledUpTo } from './peers.ts'

export const DOOR_TABLES: readonly TableName[] = ['chats', 'events', 'messages', 'aside']

export interface AtDoor {
  readonly fresh: Sorted
  /** What waited: the good of it may be placed now. */
  readonly aside: Sorted
  readonly forgiven?: ReadonlySet<string>
}

const NOTHING: Sorted = { good: [], unknown: [] }

export interface Handed {
  readonly events: readonly Uint8Array[]
  /** Devices whose bindings came along. */
  readonly devices?: ReadonlyMap<DeviceId, Did>
  readonly isAsked?: (event: VerifiedEvent) => boolean
  readonly forgiven?: ReadonlySet<string>
}

/** @throws AppError `malformed`, `too-large` or `untrusted` when one is bad. */
export const readEvents = async (
  ctx: Context,
  own: Own,
  chat: ChatRecord,
  { events, devices, isAsked, forgiven }: Handed
): Promise<AtDoor> => {
  // in a group the roster says whose events count, when they are written
  const authors = chat.kind === 'group' ? undefined : [...accountsOf(ctx, chat), own.did]
  const verified = await verifyBatch(events, { chat: chat.id, authors })
  if (isAsked !== undefined && !verified.every(isAsked)) throw new AppError('untrusted', 'an event nobody asked for')
  const fresh = sortByDevice(ctx, chat, verified, devices)
  const aside = sortByDevice(ctx, chat, await loadAside(ctx, chat.id), devices)
  return { fresh, aside, ...(forgiven && { forgiven }) }
}

/** What was not kept aside before. */
const newlyKept = ({ fresh, aside }: AtDoor, { notYet }: Applied): readonly NewEvent[] => {
  const waited = new Set([...aside.good, ...aside.unknown].map(({ id }) => id))
  return [...notYet, ...fresh.unknown].filter(({ id }) => !waited.has(id))
}

/** Inside a write over DOOR_TABLES that has written nothing of these. */
export const writeEvents = async (
  ctx: Context,
  own: Own,
  change: Change,
  { fresh, aside, forgiven }: AtDoor & { readonly chat: ChatId },
  chat: ChatRecord
): Promise<Applied> => {
  const now = ctx.clock.now()
  const ids = new Set(fresh.good.map(({ id }) => id))
  const events = [...fresh.good, ...aside.good.filter(({ id }) => !ids.has(id))]
  const applied = await applyEvents(ctx.db, change, {
    chat,
    events,
    own: own.did,
    device: ctx.device.id,
    now,
    law: lawFor(ctx, chat),
    ...(forgiven && { forgiven })
  })
  const kept = newlyKept({ fresh, aside }, applied)
  if (kept.length > 0) {
    await putAside(
      ctx.db,
      chat.id,
      kept.map((event) => toAsideRow(chat.id, event, now))
    )
  }
  const still = new Set(applied.notYet.map(({ id }) => id))
  const placed = aside.good.map(({ id }) => id).filter((id) => !still.has(id))
  if (placed.length > 0) await dropAside(ctx.db, placed)
  return applied
}

/** A row that waited must not spoil a batch that came after it: then it is thrown away, and the batch written without. */
export const withoutSpoilt = async <T>(ctx: Context, door: AtDoor, write: (door: AtDoor) => Promise<T>): Promise<T> => {
  try {
    return await write(door)
  } catch (error) {
    if (door.aside.good.length === 0 || !(error instanceof AppError) || error.code !== 'untrusted') throw error
    const ids = door.aside.good.map(({ id }) => id)
    await ctx.db.write(['aside'], () => dropAside(ctx.db, ids))
    return await write({ ...door, aside: NOTHING })
  }
}

/** After the write: everybody who has to know of it. What waited already is being asked for, or nobody has it. */
export const concludeEvents = (ctx: Context, chat: ChatId, door: AtDoor, applied: Applied): void => {
  rememberLaw(ctx, chat, applied.law)
  if (newlyKept(door, applied).length > 0) ctx.noticeGap(chat)
}

export interface Taken {
  readonly fresh: number
  readonly seen: number
  readonly kept: number
}

/**
 * LG7: events that `from` handed over. One at a time and chat by itself: not from within `ctx.receiving`.
 * @throws AppError `untrusted`, `malformed`, `too-large` or `needs-newer`: nothing of it was taken, and `from` is marked.
 */
export const takeEvents = (
  ctx: Context,
  own: Own,
  { chat: id, from, ...handed }: Handed & { readonly chat: ChatId; readonly from?: Did }
): Promise<Taken> =>
  ctx.receiving.run(id, async () => {
    try {
      const read = await readEvents(ctx, own, knownChat(ctx.db, id), handed)
      const { applied, door } = await withoutSpoilt(ctx, read, (now) =>
        ctx.db.write([...DOOR_TABLES, 'outbox'], async (change) => {
          const done = await writeEvents(ctx, own, change, { ...now, chat: id }, knownChat(ctx.db, id))
          await settleOutbox(ctx.db, change, done.chat, { upTo: settledUpTo(ctx, done.chat) })
          return { applied: done, door: now }
        })
      )
      concludeEvents(ctx, id, door, applied)
      return {
        fresh: applied.fresh.length,
        seen: applied.seen,
        kept: applied.notYet.length + door.fresh.unknown.length
      }
    } catch (error) {
      if (
        from !== undefined &&
        error instanceof AppError &&
        (error.code === 'untrusted' || error.code === 'malformed')
      ) {
        await updateContact(ctx.db, from, ({ misdeeds }) => ({ misdeeds: misdeeds + 1 }))
      }
      throw error
    }
  })
