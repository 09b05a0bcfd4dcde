/** Reading the projection: always a window, never a whole chat, except to search. */
import type { ChatId, DeviceId, MessageId } from '../model/ids.ts'
import type { Db } from './database.ts'
import type { EventRow, MessageRow } from './rows.ts'

const LAST = '\uffff'

// oxlint-disable-next-line unicorn/no-array-reverse -- a Dexie collection, which is read backwards
const newestFirst = <C extends { reverse(): C }>(rows: C): C => rows.reverse()

export const getMessage = (db: Db, id: MessageId): Promise<MessageRow | undefined> => db.tables.messages.get(id)

export const getMessages = async (db: Db, ids: readonly MessageId[]): Promise<MessageRow[]> =>
  (await db.tables.messages.bulkGet([...ids])).filter((row) => row !== undefined)

/** The newest `count` before `order` (exclusive), oldest first. */
export const messagesBefore = async (db: Db, chat: ChatId, order: string, count: number): Promise<MessageRow[]> =>
  count === 0
    ? []
    : (
        await newestFirst(db.tables.messages.where('[chat+order]').between([chat, ''], [chat, order], true, false))
          .limit(count)
          .toArray()
      ).toReversed()

/** The oldest `count` from `order` on (inclusive), oldest first. */
export const messagesFrom = (db: Db, chat: ChatId, order: string, count: number): Promise<MessageRow[]> =>
  count === 0
    ? Promise.resolve([])
    : db.tables.messages.where('[chat+order]').between([chat, order], [chat, LAST]).limit(count).toArray()

export const newestMessages = (db: Db, chat: ChatId, count: number): Promise<MessageRow[]> =>
  messagesBefore(db, chat, LAST, count)

export const countBefore = (db: Db, chat: ChatId, order: string): Promise<number> =>
  db.tables.messages.where('[chat+order]').between([chat, ''], [chat, order], true, false).count()

/** What others wrote in (after, upTo]: what a read mark moves over. */
export const theirsBetween = (db: Db, chat: ChatId, after: string, upTo: string): Promise<MessageRow[]> =>
  db.tables.messages
    .where('[chat+order]')
    .between([chat, after], [chat, upTo], false, true)
    .filter((row) => !row.mine)
    .toArray()

export const countTheirsAfter = (db: Db, chat: ChatId, after: string): Promise<number> =>
  db.tables.messages
    .where('[chat+order]')
    .between([chat, after], [chat, LAST], false, true)
    .filter((row) => !row.mine)
    .count()

/** The first of theirs after `after`: where "unread" begins. */
export const firstTheirsAfter = (db: Db, chat: ChatId, after: string): Promise<MessageRow | undefined> =>
  db.tables.messages
    .where('[chat+order]')
    .between([chat, after], [chat, LAST], false, true)
    .filter((row) => !row.mine)
    .first()

/** One request a page: a cursor would cost an event a row, and all rows at once would not fit on a phone. */
const PAGE = 1000

/** Every message of a chat, or of all chats, in no promised order. */
export const scanMessages = async (
  db: Db,
  chat: ChatId | undefined,
  visit: (row: MessageRow) => void
): Promise<void> => {
  const { messages } = db.tables
  let after = ''
  for (;;) {
    const rows =
      chat === undefined
        ? await messages.where('id').above(after).limit(PAGE).toArray()
        : await messages.where('[chat+order]').between([chat, after], [chat, LAST], false, true).limit(PAGE).toArray()
    for (const row of rows) visit(row)
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = chat === undefined ? last.id : last.order
  }
}

/** From memory as far as they are there. */
export const getEvents = async (db: Db, ids: readonly string[]): Promise<EventRow[]> => {
  const missing = ids.filter((id) => !db.memory.events.has(id))
  const read = missing.length === 0 ? [] : await db.tables.events.bulkGet(missing)
  return [...ids.map((id) => db.memory.events.get(id)), ...read].filter((row) => row !== undefined)
}

/** Everything that was ever said about one thing. */
export const eventsAbout = (db: Db, chat: ChatId, target: string): Promise<EventRow[]> =>
  db.tables.events.where('[chat+target]').equals([chat, target]).toArray()

/** By counter, both included; two of one counter (LG6) are both there. */
export const eventsOfDevice = (db: Db, chat: ChatId, device: DeviceId, from: number, to: number): Promise<EventRow[]> =>
  db.tables.events
    .where('[chat+device+counter]')
    .between([chat, device, from], [chat, device, to], true, true)
    .toArray()
