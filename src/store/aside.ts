/** LG4 "not yet": verified events that stand on something we do not have, kept until it comes. Bounded, oldest out first. */
import type { ChatId } from '../model/ids.ts'
import type { Db } from './database.ts'
import type { AsideRow } from './carried-rows.ts'

/** Eight batches: an honest sender fills gaps within one or two. */
const MAX_ASIDE = 512

/** As last committed, oldest first. */
export const asideOf = (db: Db, chat: ChatId): readonly AsideRow[] =>
  [...db.memory.aside.values()].filter((row) => row.chat === chat).toSorted((a, b) => a.arrivedAt - b.arrivedAt)

/** Inside a write. */
export const putAside = async (db: Db, chat: ChatId, rows: readonly AsideRow[]): Promise<void> => {
  await db.tables.aside.bulkPut([...rows])
  const all = (await db.tables.aside.toArray()).filter((row) => row.chat === chat)
  const excess = all.toSorted((a, b) => a.arrivedAt - b.arrivedAt).slice(0, -MAX_ASIDE)
  if (excess.length > 0) await db.tables.aside.bulkDelete(excess.map(({ id }) => id))
}

/** Inside a write. */
export const dropAside = async (db: Db, ids: readonly string[]): Promise<void> => {
  await db.tables.aside.bulkDelete([...ids])
}
