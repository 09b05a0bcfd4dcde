/**
 * GR6: whoever is told that they are out gets `member` events and nothing else, so these are placed without what they stand
 * on (`isLoose`): their places are not those of everybody, and nothing else is placed on them. Whoever is taken in again gives
 * them their places, or, where the admitter does not know them, takes them out of the log and applies them anew when all
 * they stand on is here.
 */
import { bytesToBase64url } from '../../base/bytes.ts'
import { deviceIdFromKey } from '../../crypto/device-id.ts'
import type { DeviceId, MessageId } from '../../model/ids.ts'
import type { NewEvent } from '../../store/log.ts'
import { newestLine } from '../../store/projection.ts'
import type { Chain, ChatRecord, EventRow } from '../../store/rows.ts'
import { eventsAbout, eventsOfDevice, getMessages } from '../../store/timeline.ts'
import type { Change } from '../../store/watch.ts'
import type { OpeningLog } from '../../wire/opening.ts'
import type { Context } from '../context.ts'
import { toNewEvent, toWire } from '../events.ts'
import { verifyBatch } from '../incoming.ts'

/** Before the write: what may have to be applied anew. */
export const looseEvents = async (ctx: Context, { id }: ChatRecord): Promise<readonly NewEvent[]> => {
  const rows = (await eventsAbout(ctx.db, id, 'member')).filter(({ isLoose }) => isLoose === true)
  return (await verifyBatch(rows.map(toWire), { chat: id, authors: undefined })).map(toNewEvent)
}

export interface Returning {
  readonly chat: ChatRecord
  /** Taken out of the log. */
  readonly again: readonly NewEvent[]
  /** In the log, with another place than memory says until the write is done. */
  readonly settled: readonly EventRow[]
}

/** Inside the write, before anything of the opening is in the log. */
export const settleLoose = async (
  ctx: Context,
  change: Change,
  chat: ChatRecord,
  { log, loose }: { readonly log: OpeningLog; readonly loose: readonly NewEvent[] }
): Promise<Returning> => {
  if (loose.length === 0) return { chat, again: [], settled: [] }
  const told = new Map(log.chains.map(({ device, counter }) => [deviceIdFromKey(device), counter]))
  const again = loose.filter(({ device, counter }) => counter > (told.get(device) ?? 0))
  const next = await takeOut(ctx, change, chat, again)
  const orders = new Map([...log.latest, ...log.chains].map(({ id, order }) => [bytesToBase64url(id), order]))
  const known = await ctx.db.tables.events.bulkGet(loose.map(({ id }) => id))
  const rows = known.filter((row) => row !== undefined).filter(({ id }) => orders.has(id))
  return { ...(await giveOrders(ctx, change, next, rows, orders)), again }
}

const CHAIN_ROWS = 64

const takeOut = async (
  ctx: Context,
  change: Change,
  chat: ChatRecord,
  again: readonly NewEvent[]
): Promise<ChatRecord> => {
  if (again.length === 0) return chat
  const ids = again.map(({ id }) => id)
  const lines = await getMessages(ctx.db, ids as MessageId[])
  await ctx.db.tables.messages.bulkDelete(ids)
  await ctx.db.tables.events.bulkDelete(ids)
  for (const { id } of lines) change.gone.push({ chat: chat.id, id })
  const chains: Record<DeviceId, Chain> = { ...chat.chains }
  for (const device of new Set(again.map((event) => event.device))) {
    const lowest = Math.min(...again.filter((event) => event.device === device).map(({ counter }) => counter))
    const from = Math.max(1, lowest - CHAIN_ROWS)
    const end = (await eventsOfDevice(ctx.db, chat.id, device, from, lowest - 1)).at(-1)
    const forked = chains[device]?.forked
    delete chains[device]
    if (end === undefined) continue
    const { id, counter, time, tick, order } = end
    chains[device] = { ...(forked && { forked }), id, counter, time, tick, order }
  }
  const unread = lines.filter(({ mine, order }) => !mine && order > chat.readOrder).length
  return {
    ...chat,
    chains,
    heads: chat.heads.filter(({ id }) => !ids.includes(id)),
    total: chat.total - lines.length,
    unread: Math.max(0, chat.unread - unread),
    last: chat.last && ids.includes(chat.last.id) ? await newestLine(ctx.db, chat.id) : chat.last
  }
}

const giveOrders = async (
  ctx: Context,
  change: Change,
  chat: ChatRecord,
  rows: readonly EventRow[],
  orders: ReadonlyMap<string, string>
): Promise<{ readonly chat: ChatRecord; readonly settled: readonly EventRow[] }> => {
  if (rows.length === 0) return { chat, settled: [] }
  const ordered = <T extends { readonly id: string; readonly order: string }>(one: T): T => ({
    ...one,
    order: orders.get(one.id) ?? one.order
  })
  const settled = rows.map((row) => ordered({ ...row, isLoose: false }))
  await ctx.db.tables.events.bulkPut(settled)
  const lines = (await getMessages(ctx.db, rows.map(({ id }) => id) as MessageId[])).map(ordered)
  await ctx.db.tables.messages.bulkPut(lines)
  change.messages.push(...lines)
  const ends = Object.entries(chat.chains).map(([device, end]) => [device, ordered(end)])
  return {
    chat: {
      ...chat,
      chains: Object.fromEntries(ends),
      heads: chat.heads.map(ordered),
      last: chat.last && ordered(chat.last)
    },
    settled
  }
}
