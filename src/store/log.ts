/**
 * The log of a conversation and its projection (LG1–LG5). Events are applied only when everything they stand on is here, so
 * each finds its final place at once: nothing that is shown already moves, and a chat of any length costs the same.
 */
import { AppError } from '../base/errors.ts'
import { foldMessage, MAX_ORDER_CHARS, orderKey } from '../model/fold.ts'
import type { Content, Told } from '../model/fold.ts'
import { compareStamps } from '../model/hybrid-time.ts'
import type { ChatId, DeviceId, Did, MessageId } from '../model/ids.ts'
import { shorten } from '../model/text.ts'
import type { Db } from './database.ts'
import type { ChatRecord, EventRow, Head, LastLine, MessageRow } from './rows.ts'
import { getEvents } from './timeline.ts'
import type { Change } from './watch.ts'

/** A verified event that has not been applied. */
export interface NewEvent {
  readonly id: string
  readonly idBytes: Uint8Array
  readonly author: Did
  readonly device: DeviceId
  readonly counter: number
  readonly previous: string | undefined
  readonly heads: readonly string[]
  readonly time: number
  readonly tick: number
  readonly kind: string
  readonly content: Content | undefined
  readonly header: Uint8Array
  readonly signature: Uint8Array
  readonly body: Uint8Array | undefined
  readonly salt: Uint8Array | undefined
  /** When it came, where that is not now (DV5: from a backup). */
  readonly arrivedAt?: number
}

export interface Applied {
  readonly chat: ChatRecord
  readonly fresh: readonly EventRow[]
  readonly seen: number
  /** LG4: something they stand on is missing. */
  readonly notYet: readonly NewEvent[]
}

const targetOf = ({ id, content }: NewEvent): string =>
  content !== undefined && 'target' in content ? content.target : id

/** Only these are shown as lines of their own. */
const isLine = ({ kind, content }: Pick<EventRow, 'kind' | 'content'>): boolean =>
  kind === 'message' || content?.kind === 'unknown'

/**
 * Inside a write over chats, events and messages: applies a batch to `chat` and writes what changed.
 * @throws AppError `untrusted` when an event breaks the rules of a log: the whole batch is discarded (LG4).
 */
export const applyEvents = async (
  db: Db,
  change: Change,
  {
    chat,
    events,
    own,
    now,
    isInOrder = false
  }: {
    chat: ChatRecord
    events: readonly NewEvent[]
    own: Did
    now: number
    /** They come in the order of the log already. */
    isInOrder?: boolean
  }
): Promise<Applied> => {
  const known = await loadKnown(db, chat, events)
  const fresh: EventRow[] = []
  const notYet: NewEvent[] = []
  let seen = 0
  let next = chat

  const sorted = isInOrder ? events : events.toSorted((a, b) => a.counter - b.counter || compareStamps(a, b))
  for (const event of sorted) {
    if (known.has(event.id)) {
      seen++
      continue
    }
    const row = placeEvent(event, known, chat.id, now)
    if (row === undefined) {
      notYet.push(event)
      continue
    }
    if (event.author !== own && row.order.length > MAX_ORDER_CHARS) refuse('it stands too deep')
    known.set(row.id, row)
    fresh.push(row)
    next = extendLog(next, row, event)
  }
  if (fresh.length === 0) return { chat, fresh, seen, notYet }

  const storing = db.tables.events.bulkPut(fresh)
  // a message is folded again from all that was ever said about it
  if (fresh.some(({ id, target }) => target !== id)) await storing
  const projected = await project(db, change, { chat: next, fresh, own })
  next = projected.chat
  await Promise.all([storing, db.tables.messages.bulkPut(projected.written), db.tables.chats.put(next)])
  change.chats.add(chat.id)
  return { chat: next, fresh, seen, notYet }
}

/** What the batch may stand on, with at most one look at the table: parents, targets, and events that may have come before. */
const loadKnown = async (
  db: Db,
  chat: ChatRecord,
  events: readonly NewEvent[]
): Promise<Map<string, Pick<EventRow, 'id' | 'order' | 'device' | 'counter' | 'time' | 'tick' | 'kind' | 'chat'>>> => {
  // beyond the end of its device's chain an event is new
  const isNew = new Set(
    events.filter(({ device, counter }) => counter > (chat.chains[device]?.counter ?? 0)).map(({ id }) => id)
  )
  const wanted = new Set(
    events.flatMap((event) => [event.id, ...event.heads, targetOf(event), ...(event.previous ? [event.previous] : [])])
  )
  const rows = await getEvents(
    db,
    [...wanted].filter((id) => !isNew.has(id))
  )
  return new Map(rows.filter((row) => row.chat === chat.id).map((row) => [row.id, row]))
}

type Known = Awaited<ReturnType<typeof loadKnown>>

const refuse = (why: string): never => {
  throw new AppError('untrusted', `an event breaks the log: ${why}`)
}

/** The row of an event, in its place; undefined when something it stands on is missing. */
const placeEvent = (event: NewEvent, known: Known, chat: ChatId, now: number): EventRow | undefined => {
  const parents: string[] = []
  if ((event.previous === undefined) !== (event.counter === 1)) refuse('counter and previous do not fit')
  if (event.previous !== undefined) {
    const previous = known.get(event.previous)
    if (previous === undefined) return undefined
    if (previous.device !== event.device || previous.counter !== event.counter - 1) refuse('not the previous event')
    // LG3: a device's own times rise, or order keys would grow without end
    if (compareStamps(event, previous) <= 0) refuse('its time does not rise')
    parents.push(previous.order)
  }
  for (const head of event.heads) {
    const row = known.get(head)
    if (row === undefined) return undefined
    parents.push(row.order)
  }
  const target = targetOf(event)
  if (target !== event.id) {
    const row = known.get(target)
    if (row === undefined) return undefined
    if (row.kind !== 'message') refuse('its target is not a message')
  }
  const { idBytes, previous: _, heads: __, ...rest } = event
  return { ...rest, chat, target, order: orderKey(event, idBytes, parents), arrivedAt: event.arrivedAt ?? now }
}

/** Ends that nobody follows are only hints for our next events; a device that forks could make any number of them. */
const MAX_ENDS = 16

/** LG1: the new ends of the log. LG6: two events with one counter are both kept, and the device is marked. */
const extendLog = (chat: ChatRecord, row: EventRow, { previous, heads }: NewEvent): ChatRecord => {
  const chain = chat.chains[row.device]
  const { counter, id, time, tick, order } = row
  const isFork = chain !== undefined && counter <= chain.counter
  const end = isFork
    ? { ...chain, forked: true }
    : { ...(chain?.forked && { forked: true }), counter, id, time, tick, order }
  const head: Head = { id, order, time, tick }
  const ends = chat.heads.filter(({ id: other }) => other !== previous && !heads.includes(other))
  return {
    ...chat,
    chains: { ...chat.chains, [row.device]: end },
    heads: [...ends, head].slice(-MAX_ENDS)
  }
}

const toTold = ({ id, author, time, order, content }: EventRow): Told => ({ id, author, time, order, content })

interface Projecting {
  readonly chat: ChatRecord
  readonly fresh: readonly EventRow[]
  readonly own: Did
}

/** Folds every message that the batch made or touched, and brings the chat's own figures along. */
const project = async (
  db: Db,
  change: Change,
  { chat, fresh, own }: Projecting
): Promise<{ readonly chat: ChatRecord; readonly written: readonly MessageRow[] }> => {
  const lines = fresh.filter(isLine)
  const touched = new Set(fresh.filter((row) => row.target !== row.id).map(({ target }) => target))
  const written: MessageRow[] = []

  for (const line of lines) if (!touched.has(line.id)) written.push(toMessageRow(line, [], own))
  for (const target of touched) {
    const row = await refold(db, chat.id, target, own)
    if (row !== undefined) written.push(row)
  }
  change.messages.push(...written)

  const fromOthers = lines.filter((row) => row.author !== own)
  const next = {
    ...readMarks(chat, fresh, own),
    total: chat.total + lines.length,
    unread: chat.unread + fromOthers.filter((row) => row.order > chat.readOrder).length,
    last: written.reduce((last, row) => laterLine(last, row), chat.last),
    activeAt: lines.reduce((latest, row) => Math.max(latest, row.arrivedAt), chat.activeAt),
    archived: chat.archived && fromOthers.length === 0
  }
  return { chat: next, written }
}

/** Reads a message and everything about it again, and deletes what a removal asks for (LG5). */
const refold = async (db: Db, chat: ChatId, target: string, own: Did): Promise<MessageRow | undefined> => {
  const rows = await db.tables.events.where('[chat+target]').equals([chat, target]).toArray()
  const message = rows.find(({ id }) => id === target)
  if (message === undefined || message.hidden === true) return undefined
  const before = await db.tables.messages.get(target)
  const folded = toMessageRow(message, rows, own, before)
  if (folded.removed) {
    // LG5: body and salt go, the header stays
    const erased = rows.filter(({ kind, body }) => kind !== 'removal' && body !== undefined)
    await db.tables.events.bulkPut(
      erased.map((row) => ({ ...row, body: undefined, salt: undefined, content: undefined }))
    )
  }
  return folded
}

const toMessageRow = (row: EventRow, all: readonly EventRow[], own: Did, before?: MessageRow): MessageRow => {
  const { id, chat, order, author, device, counter, time, arrivedAt } = row
  const folded = foldMessage(toTold(row), all.filter((other) => other.id !== id).map(toTold))
  const mine = author === own
  return {
    id: id as MessageId,
    chat,
    order,
    mine,
    author,
    device,
    counter,
    time,
    arrivedAt,
    ...folded,
    failed: before?.failed ?? false
  }
}

export const toLastLine = (row: MessageRow): LastLine => ({
  id: row.id,
  order: row.order,
  text: shorten(row.text, 200),
  kind: row.removed ? 'removed' : row.needsNewer ? 'system' : 'text',
  mine: row.mine,
  at: Math.min(row.time, row.arrivedAt),
  device: row.device,
  counter: row.counter,
  failed: row.failed
})

const laterLine = (last: LastLine | undefined, row: MessageRow): LastLine | undefined =>
  last === undefined || row.order >= last.order ? toLastLine(row) : last

/** What others say they have read of ours. */
const readMarks = (chat: ChatRecord, fresh: readonly EventRow[], own: Did): ChatRecord => {
  const peerRead = { ...chat.peerRead }
  for (const { author, content, time, arrivedAt } of fresh) {
    if (author === own || content?.kind !== 'read-mark') continue
    for (const { device, counter } of content.upTo) {
      const before = peerRead[device]?.counter ?? 0
      if (counter > before) peerRead[device] = { counter, at: Math.min(time, arrivedAt) }
    }
  }
  return { ...chat, peerRead }
}

/** Inside a write over chats, events and messages: never shown again on this account's devices, whatever arrives. */
export const hideMessage = async (db: Db, change: Change, chat: ChatRecord, id: MessageId): Promise<void> => {
  const [event, message] = [await db.tables.events.get(id), await db.tables.messages.get(id)]
  if (event === undefined || message === undefined || event.chat !== chat.id) {
    throw new AppError('not-found', 'no such message')
  }
  await db.tables.events.put({ ...event, hidden: true })
  await db.tables.messages.delete(id)
  change.gone.push({ chat: chat.id, id })
  const wasUnread = !message.mine && message.order > chat.readOrder
  const last = chat.last?.id === id ? await newestLine(db, chat.id) : chat.last
  const next = { ...chat, total: chat.total - 1, unread: chat.unread - (wasUnread ? 1 : 0), last }
  await db.tables.chats.put(next)
  change.chats.add(chat.id)
}

const newestLine = async (db: Db, chat: ChatId): Promise<LastLine | undefined> => {
  const row = await db.tables.messages.where('[chat+order]').between([chat, ''], [chat, '\uffff']).last()
  return row && toLastLine(row)
}
