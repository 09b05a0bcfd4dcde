/**
 * The log of a conversation (LG1–LG5). Events are applied only when everything they stand on is here, so each finds its final
 * place at once: nothing that is shown already moves, and a chat of any length costs the same.
 */
import { AppError } from '../base/errors.ts'
import { CHAT_KINDS, MAX_ORDER_CHARS, orderKey } from '../model/fold.ts'
import type { Content } from '../model/fold.ts'
import type { GroupLaw } from '../model/group-law.ts'
import { compareStamps } from '../model/hybrid-time.ts'
import type { DeviceId, Did, MessageId } from '../model/ids.ts'
import type { Db } from './database.ts'
import { findWithheld } from './filling.ts'
import { followLaw, judge, loadLaw } from './judging.ts'
import { newestLine, project, refoldLines } from './projection.ts'
import { isFloor } from './rows.ts'
import type { ChatRecord, EventRow, Head } from './rows.ts'
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
  /** Of a group, with what came. */
  readonly law: GroupLaw | undefined
}

export interface Applying {
  readonly chat: ChatRecord
  readonly events: readonly NewEvent[]
  readonly own: Did
  /** This device, where we may have to know what we wrote ourselves. */
  readonly device?: DeviceId
  readonly now: number
  /** Of a group, as it was before. */
  readonly law?: GroupLaw | undefined
  /** They come in the order of the log already. */
  readonly isInOrder?: boolean
  /** LG7: nobody has these any more, or we are not owed them: what stands on them is placed without. */
  readonly forgiven?: ReadonlySet<string>
  /** GR6: these are placed loosely, and nothing else stands on such. */
  readonly isFarewell?: boolean
  /** What this write has changed already, where memory says what was before. */
  readonly settled?: readonly EventRow[]
}

const isAboutChat = (kind: string): boolean => CHAT_KINDS.some((one) => one === kind)

const targetOf = ({ id, kind, content }: Pick<NewEvent, 'id' | 'kind' | 'content'>): string =>
  content !== undefined && 'target' in content ? content.target : isAboutChat(kind) ? kind : id

/**
 * Inside a write over chats, events and messages: applies a batch to `chat` and writes what changed.
 * @throws AppError `untrusted` when an event breaks the rules of a log: the whole batch is discarded (LG4).
 */
export const applyEvents = async (db: Db, change: Change, given: Applying): Promise<Applied> => {
  const { chat, events, own } = given
  const law = given.law ?? (chat.kind === 'group' ? await loadLaw(db, chat.id) : undefined)
  const applying = { ...given, law }
  const known = await loadKnown(db, chat, events)
  for (const row of given.settled ?? []) known.set(row.id, row)
  const offered = offeredBodies(events, known)
  const filled = offered.size === 0 ? [] : await fillBodies(db, chat, offered)
  const placed = placeAll(applying, known)
  const judged = judge(placed.rows, law, own)
  const fresh = judged.rows
  const notYet = [...placed.notYet, ...events.filter(({ id }) => judged.notYet.has(id))]
  const { seen } = placed
  if (fresh.length === 0 && filled.length === 0) return { chat, fresh, seen, notYet, law }

  const eventById = new Map(events.map((event) => [event.id, event]))
  let next = fresh.reduce((log, row) => extendLog(log, row, eventById.get(row.id)), chat)
  const storing = db.tables.events.bulkPut([...filled, ...fresh])
  // a message is folded again from all that was ever said about it
  if (fresh.some(({ id, target }) => target !== id) || filled.length > 0 || judged.law !== law) await storing
  next = await followLaw(db, change, { ...applying, chat: next, law: judged.law, before: law })
  const projected = await project(db, change, { chat: next, fresh, own, law: judged.law })
  next = projected.chat
  if (filled.length > 0) {
    const targets = filled.map(({ target }) => target)
    next = await refoldLines(db, change, { chat: next, own, law: judged.law }, targets)
  }
  await Promise.all([storing, db.tables.messages.bulkPut(projected.written), db.tables.chats.put(next)])
  change.chats.add(chat.id)
  return { chat: next, fresh, seen, notYet, law: judged.law }
}

/** LG5: what came without its body, and was not removed, gets it from whoever has it. */
const offeredBodies = (events: readonly NewEvent[], known: Known): ReadonlyMap<string, NewEvent> => {
  const isBare = ({ id, body }: NewEvent): boolean => {
    const row = known.get(id)
    return body !== undefined && row !== undefined && !isFloor(row) && row.body === undefined
  }
  return new Map(events.filter(isBare).map((event) => [event.id, event]))
}

const fillBodies = async (
  db: Db,
  chat: ChatRecord,
  offered: ReadonlyMap<string, NewEvent>
): Promise<readonly EventRow[]> =>
  (await findWithheld(db, chat.id, [...offered.keys()])).flatMap((row) => {
    const { body, salt, content } = offered.get(row.id) ?? {}
    return content === undefined
      ? []
      : [{ ...row, isLifted: false, body, salt, content, target: targetOf({ ...row, content }) }]
  })

type KnownRow = Pick<
  EventRow,
  | 'id'
  | 'order'
  | 'device'
  | 'counter'
  | 'time'
  | 'tick'
  | 'kind'
  | 'chat'
  | 'basis'
  | 'header'
  | 'body'
  | 'hidden'
  | 'isLoose'
>
type Known = Map<string, KnownRow>

/** What the batch may stand on, with at most one look at the table: parents, targets, and events that may have come before. */
const loadKnown = async (db: Db, chat: ChatRecord, events: readonly NewEvent[]): Promise<Known> => {
  // beyond the end of its device's chain an event is new
  const isNew = new Set(
    events.filter(({ device, counter }) => counter > (chat.chains[device]?.counter ?? 0)).map(({ id }) => id)
  )
  const wanted = new Set(
    events.flatMap((event) => [event.id, ...event.heads, targetOf(event), ...(event.previous ? [event.previous] : [])])
  )
  const rows = await getEvents(
    db,
    [...wanted].filter((id) => !isNew.has(id) && !isAboutChat(id))
  )
  return new Map(rows.filter((row) => row.chat === chat.id).map((row) => [row.id, row]))
}

const refuse = (why: string): never => {
  throw new AppError('untrusted', `an event breaks the log: ${why}`)
}

interface Placed {
  readonly rows: readonly EventRow[]
  readonly notYet: readonly NewEvent[]
  readonly seen: number
}

/** In a batch from several devices one may stand on another that comes later in it. */
const placeAll = (applying: Applying, known: Known): Placed => {
  const { events, own, isInOrder = false } = applying
  let waiting = isInOrder ? events : events.toSorted((a, b) => a.counter - b.counter || compareStamps(a, b))
  const rows: EventRow[] = []
  let seen = 0
  for (;;) {
    const notYet: NewEvent[] = []
    for (const event of waiting) {
      const before = known.get(event.id)
      // LG5: what lost its header after a removal does not come back
      if (before !== undefined && (!isFloor(before) || before.hidden === true)) {
        seen++
        continue
      }
      const row = before === undefined ? placeEvent(event, known, applying) : placeFloor(event, before, applying)
      if (row === undefined) {
        notYet.push(event)
        continue
      }
      if (event.author !== own && row.order.length > MAX_ORDER_CHARS) refuse('it stands too deep')
      known.set(row.id, row)
      rows.push(row)
    }
    if (notYet.length === 0 || notYet.length === waiting.length) return { rows, notYet, seen }
    waiting = notYet
  }
}

/** LG7: what its device wrote up to there was before our joining, and what it stands on may never come. */
const isBelow = (chat: ChatRecord, { device, counter }: Pick<NewEvent, 'device' | 'counter'>): boolean =>
  counter <= (chat.floors?.[device] ?? 0)

/** The row of an event, in its place; undefined when something it stands on is missing. */
const placeEvent = (event: NewEvent, known: Known, given: Applying): EventRow | undefined => {
  const { chat, now, law, forgiven } = given
  if ((event.previous === undefined) !== (event.counter === 1)) refuse('counter and previous do not fit')
  const isOld = isBelow(chat, event)
  const parents: KnownRow[] = []
  let isLoose = false
  const isHere = (id: string): boolean => {
    const row = known.get(id)
    if (row !== undefined && row.isLoose !== true) return true
    isLoose ||= given.isFarewell === true
    return isOld || forgiven?.has(id) === true
  }
  if (event.previous !== undefined) {
    if (!isHere(event.previous)) return undefined
    const previous = known.get(event.previous)
    if (previous !== undefined) {
      if (previous.device !== event.device || previous.counter !== event.counter - 1) refuse('not the previous event')
      // LG3: a device's own times rise, or order keys would grow without end
      if (compareStamps(event, previous) <= 0) refuse('its time does not rise')
      parents.push(previous)
    }
  }
  for (const head of event.heads) {
    if (!isHere(head)) return undefined
    const row = known.get(head)
    if (row !== undefined) parents.push(row)
  }
  const target = targetOf(event)
  if (target !== event.id && !isAboutChat(target)) {
    const row = known.get(target)
    // what a newcomer never got may still be talked about
    if (row === undefined && chat.floors === undefined) return undefined
    if (row !== undefined && !isFloor(row) && row.kind !== 'message') refuse('its target is not a message')
  }
  const order = orderKey(
    event,
    event.idBytes,
    parents.map((parent) => parent.order)
  )
  const basis = law && law.merge(parents.map(({ basis: one }) => one ?? law.roster.heads))
  return {
    ...toRow(event, { chat, now, order, target, basis }),
    ...((isLoose || parents.some((one) => one.isLoose)) && { isLoose: true })
  }
}

const placeFloor = (event: NewEvent, { order, basis }: KnownRow, { chat, now }: Applying): EventRow =>
  toRow(event, { chat, now, order, target: targetOf(event), basis })

const toRow = (
  event: NewEvent,
  place: Pick<Applying, 'chat' | 'now'> &
    Pick<EventRow, 'order' | 'target'> & { readonly basis: readonly string[] | undefined }
): EventRow => {
  const { idBytes: _, previous: __, heads: ___, ...rest } = event
  const { chat, now, order, target, basis } = place
  return {
    ...rest,
    chat: chat.id,
    target,
    order,
    arrivedAt: event.arrivedAt ?? now,
    ...(basis !== undefined && { basis: event.kind === 'member' ? [event.id] : basis })
  }
}

/** Ends that nobody follows are only hints for our next events; a device that forks could make any number of them. */
const MAX_ENDS = 16

/**
 * LG1: the new ends of the log. LG6: two events with one counter are both kept, and the device is marked. What is above a cut is
 * held like anything else (DL3: or its author would send it for ever), and yet nobody's next event names it.
 */
const extendLog = (chat: ChatRecord, row: EventRow, event: NewEvent | undefined): ChatRecord => {
  if (event === undefined || isBelow(chat, row)) return chat
  const { previous, heads } = event
  const chain = chat.chains[row.device]
  const { counter, id, time, tick, order } = row
  const isFork = chain !== undefined && counter <= chain.counter
  const end = isFork
    ? { ...chain, forked: true }
    : { ...(chain?.forked && { forked: true }), counter, id, time, tick, order }
  const chains = { ...chat.chains, [row.device]: end }
  if (row.void === 'cut') return { ...chat, chains }
  const head: Head = { id, order, time, tick }
  const ends = chat.heads.filter(({ id: other }) => other !== previous && !heads.includes(other))
  return {
    ...chat,
    chains,
    heads: [...ends, head].slice(-MAX_ENDS)
  }
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
