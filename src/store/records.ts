/** Small values under a name, for whoever needs one row and no table of its own. */
import type { Db } from './database.ts'

/** `T` is what this key's one writer stores. */
export const getRecord = async <T>(db: Db, key: string): Promise<T | undefined> => {
  const row = await db.tables.records.get(key)
  return row?.value as T | undefined
}

export const setRecord = (db: Db, key: string, value: unknown): Promise<void> => updateRecord(db, key, () => value)

export const updateRecord = async <T>(db: Db, key: string, edit: (before: T | undefined) => T): Promise<void> => {
  await db.write(['records'], async (change) => {
    const value = edit(await getRecord<T>(db, key))
    await db.tables.records.put({ key, value })
    if (key === 'settings') change.topics.add('settings')
  })
}
