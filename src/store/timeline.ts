/** Reading the log and its projection: always a window, never a whole chat, except to search. */
import type { ChatId, DeviceId, Did, MessageId } from '../model/ids.ts'
import type { Db } from './database.ts'
import type { EventRow, MessageRow } from './rows.ts'
import { aboutText, counterText } from './tables.ts'

export const getMessage = (db: Db, id: MessageId): Promise<MessageRow | undefined> => db.tables.messages.get(id)

export const getMessages = async (db: Db, ids: readonly MessageId[]): Promise<MessageRow[]> =>
  (await db.tables.messages.bulkGet(ids)).filter((row) => row !== undefined)

/** The newest `count` before `order` (exclusive), oldest first. */
export const messagesBefore = (db: Db, chat: ChatId, order: string, count: number): Promise<MessageRow[]> =>
  db.tables.messages.range(chat, { before: order, limit: count, newest: true })

/** The oldest `count` from `order` on (inclusive), oldest first. */
export const messagesFrom = (db: Db, chat: ChatId, order: string, count: number): Promise<MessageRow[]> =>
  db.tables.messages.range(chat, { from: order, limit: count })

export const newestMessages = (db: Db, chat: ChatId, count: number): Promise<MessageRow[]> =>
  db.tables.messages.range(chat, { limit: count, newest: true })

export const countBefore = (db: Db, chat: ChatId, order: string): Promise<number> =>
  db.tables.messages.countIn(chat, { before: order })

const isTheirs = (row: MessageRow): boolean => !row.mine

/** What others wrote in (after, upTo]: what a read mark moves over. */
export const theirsBetween = (db: Db, chat: ChatId, after: string, upTo: string): Promise<MessageRow[]> =>
  db.tables.messages.range(chat, { after, upTo, where: isTheirs })

export const countTheirsAfter = (db: Db, chat: ChatId, after: string): Promise<number> =>
  db.tables.messages.countIn(chat, { after, where: isTheirs })

/** What others wrote after `after` that names `account`. */
export const countMentionsAfter = (db: Db, chat: ChatId, after: string, account: Did): Promise<number> =>
  db.tables.messages.countIn(chat, {
    after,
    where: (row: MessageRow) => isTheirs(row) && row.mentions?.includes(account) === true
  })

/** The first of theirs after `after`: where "unread" begins. */
export const firstTheirsAfter = async (db: Db, chat: ChatId, after: string): Promise<MessageRow | undefined> =>
  (await db.tables.messages.range(chat, { after, where: isTheirs, limit: 1 }))[0]

/** Every message of every chat, a page at a time, the newest pages first; waits for `visit`, which ends it by false. */
export const scanNewestFirst = (
  db: Db,
  visit: (rows: readonly MessageRow[]) => Promise<boolean | void> | boolean | void
): Promise<void> => db.tables.messages.scan(visit)

/** From memory as far as they are there. */
export const getEvents = async (db: Db, ids: readonly string[]): Promise<EventRow[]> => {
  const missing = ids.filter((id) => !db.memory.events.has(id))
  const read = missing.length === 0 ? [] : await db.tables.events.bulkGet(missing)
  return [...ids.map((id) => db.memory.events.get(id)), ...read].filter((row) => row !== undefined)
}

/** The oldest `count` events after `order` (exclusive), oldest first. */
export const eventsAfter = (db: Db, chat: ChatId, order: string, count: number): Promise<EventRow[]> =>
  db.tables.events.range(chat, { after: order, limit: count })

/** Everything that was ever said about one thing, itself included. */
export const eventsAbout = async (db: Db, chat: ChatId, target: string): Promise<EventRow[]> => {
  const [itself, others] = await Promise.all([
    db.tables.events.get(target),
    db.tables.events.find(aboutText(chat, target))
  ])
  return itself?.chat === chat && itself.target === target ? [itself, ...others] : others
}

/** By counter, both included; two of one counter (LG6) are both there. */
export const eventsOfDevice = async (
  db: Db,
  chat: ChatId,
  device: DeviceId,
  from: number,
  to: number
): Promise<EventRow[]> => {
  const counters = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
  const found = await Promise.all(counters.map((counter) => db.tables.events.find(counterText(chat, device, counter))))
  return found.flat()
}
