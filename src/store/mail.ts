/**
 * Sealed bytes on their way: a crash sends the same again. A row is for several devices and shrinks as they take it. Of one
 * chat each device gets its rows in the order of their ids; devices do not wait for one another.
 */
import type { ChatId } from '../model/ids.ts'
import { compareText } from '../model/text.ts'
import type { Db } from './database.ts'
import type { MailRow } from './carried-rows.ts'

/** Base 36: milliseconds for some centuries. */
const ID_DIGITS = 9

const lastIds = new WeakMap<Db, number>()

/** Above every id given before, also where the clock was set back. */
export const nextMailId = (db: Db, now: number): string => {
  const stored = [...db.memory.mail.keys()].reduce((max, id) => Math.max(max, Number.parseInt(id, 36)), 0)
  const next = Math.max(now, stored + 1, (lastIds.get(db) ?? 0) + 1)
  lastIds.set(db, next)
  return next.toString(36).padStart(ID_DIGITS, '0')
}

/** As last committed, oldest first. In a write: as long as it has not written here. */
export const mailOf = (db: Db, chat: ChatId): readonly MailRow[] =>
  [...db.memory.mail.values()].filter((row) => row.chat === chat).toSorted((a, b) => compareText(a.id, b.id))

export const chatsWithMail = (db: Db): readonly ChatId[] => [
  ...new Set([...db.memory.mail.values()].map(({ chat }) => chat))
]

/** Inside a write. */
export const putMail = async (db: Db, rows: readonly MailRow[]): Promise<void> => {
  await db.tables.mail.bulkPut([...rows])
}

/** Inside a write: forgets sealed bytes, so that what they held is sealed again. */
export const dropMail = async (db: Db, ids: readonly string[]): Promise<void> => {
  await db.tables.mail.bulkDelete([...ids])
}
