/**
 * LG5: what a timer or a removal takes away. First body and salt of a message and of all that was said about it; 90 days
 * later the headers too. Its place in the order stays, because others may stand on it.
 */
import type { ChatId, MessageId } from '../model/ids.ts'
import type { Db } from './database.ts'
import { newestLine } from './projection.ts'
import { isFloor } from './rows.ts'
import type { ChatRecord, EventRow } from './rows.ts'
import { eventsAbout, getEvents, getMessages } from './timeline.ts'
import type { Change } from './watch.ts'

/** LG5 */
export const KEEP_HEADERS_MS = 90 * 24 * 3600 * 1000

const DAY_MS = 24 * 3600 * 1000
/** The record of a day names what lost its body then. */
const recordOf = (day: number): string => `erased:${String(day).padStart(8, '0')}`
const DAYS = 'erased-days'

export const EXPIRING = ['chats', 'events', 'messages', 'records'] as const

const withoutBody = (row: EventRow): EventRow => ({ ...row, body: undefined, salt: undefined, content: undefined })

/** Inside a write over `EXPIRING`: these messages of one chat are over. */
export const expireMessages = async (
  db: Db,
  change: Change,
  { chat, ids, now }: { readonly chat: ChatRecord; readonly ids: readonly MessageId[]; readonly now: number }
): Promise<void> => {
  const rows = (await getMessages(db, ids)).filter((row) => row.chat === chat.id && row.system === undefined)
  if (rows.length === 0) return
  const erased: EventRow[] = []
  for (const { id } of rows) {
    for (const row of await eventsAbout(db, chat.id, id)) {
      // a removal says nothing but what it removes
      const next = row.kind === 'removal' ? row : withoutBody(row)
      erased.push(row.id === id ? { ...next, hidden: true } : next)
    }
  }
  await db.tables.events.bulkPut(erased)
  await db.tables.messages.bulkDelete(rows.map(({ id }) => id))
  for (const { id } of rows) change.gone.push({ chat: chat.id, id })
  const unread = rows.filter(({ mine, order }) => !mine && order > chat.readOrder).length
  const isLastGone = rows.some(({ id }) => id === chat.last?.id)
  await db.tables.chats.put({
    ...chat,
    total: chat.total - rows.length,
    unread: Math.max(0, chat.unread - unread),
    last: isLastGone ? await newestLine(db, chat.id) : chat.last
  })
  change.chats.add(chat.id)
  await noteErased(
    db,
    chat.id,
    erased.map(({ id }) => id),
    now
  )
}

interface Erased {
  readonly [chat: ChatId]: readonly string[]
}

/** Inside a write over records: their headers go later. */
export const noteErased = async (db: Db, chat: ChatId, ids: readonly string[], now: number): Promise<void> => {
  const day = Math.floor(now / DAY_MS)
  const key = recordOf(day)
  const before = (await db.tables.records.get(key))?.value as Erased | undefined
  await db.tables.records.put({ key, value: { ...before, [chat]: [...new Set([...(before?.[chat] ?? []), ...ids])] } })
  const days = ((await db.tables.records.get(DAYS))?.value ?? []) as readonly number[]
  if (!days.includes(day)) await db.tables.records.put({ key: DAYS, value: [...days, day] })
}

/** Headers of what was erased 90 days ago. One write a day of then. */
export const compactErased = async (db: Db, now: number): Promise<void> => {
  const days = ((await db.tables.records.get(DAYS))?.value ?? []) as readonly number[]
  for (const day of days.filter((one) => (one + 1) * DAY_MS + KEEP_HEADERS_MS < now)) {
    await db.write(['events', 'records'], async () => {
      const erased = ((await db.tables.records.get(recordOf(day)))?.value ?? {}) as Erased
      const rows = await getEvents(db, Object.values(erased).flat())
      const old = rows.filter((row) => !isFloor(row) && row.body === undefined)
      await db.tables.events.bulkPut(
        old.map((row) => ({ ...row, header: new Uint8Array(), signature: new Uint8Array(), hidden: true }))
      )
      const left = ((await db.tables.records.get(DAYS))?.value ?? []) as readonly number[]
      await db.tables.records.bulkPut([{ key: DAYS, value: left.filter((one) => one !== day) }])
      await db.tables.records.bulkDelete([recordOf(day)])
    })
  }
}
