/**
 * DV5: what a restore does to the tables. Pieces of the file wait as they came; when its end was seen they are read again and
 * written, batch by batch, the account last. Before that there is no account, so whatever was written can be taken back whole.
 */
import { assert } from '../base/errors.ts'
import type { Db, TableName } from './database.ts'
import type { ChatId } from '../model/ids.ts'
import type { EventRow, MessageRow } from './rows.ts'
import type { Change } from './watch.ts'
import { toLastLine } from './projection.ts'

const OF_ACCOUNT = [
  'account',
  'contacts',
  'places',
  'documents',
  'sessions',
  'chats',
  'events',
  'messages',
  'outbox',
  'invites',
  'aside',
  'seen',
  'mail',
  'waiting',
  'parts',
  'pieces',
  'notes',
  'passes'
] as const satisfies readonly TableName[]

const idOf = (number: number): string => number.toString().padStart(8, '0')

export const putStaged = (db: Db, number: number, bytes: Uint8Array): Promise<void> =>
  db.write(['staging'], async () => {
    await db.tables.staging.put({ id: idOf(number), bytes })
  })

export async function* readStaged(db: Db, count: number): AsyncGenerator<Uint8Array, void> {
  for (let number = 0; number < count; number++) {
    const row = await db.tables.staging.get(idOf(number))
    assert(row !== undefined, 'a piece of the backup that was stored')
    yield row.bytes
  }
}

export const clearStaged = (db: Db): Promise<void> => emptyTable(db, 'staging')

/** Records that are the device's own: its key, relays, how it is locked, what it was told of its origin, and how it looks. */
const OF_DEVICE: ReadonlySet<string> = new Set(['device', 'relays', 'lock', 'public-url', 'settings', 'restoring'])

/** Everything of the account. @throws `AppError` as a write does. */
export const clearAccount = async (db: Db): Promise<void> => {
  for (const name of OF_ACCOUNT) await emptyTable(db, name)
  await db.write(['records'], async () => {
    const keys = (await db.tables.records.toArray()).map(({ key }) => key)
    await db.tables.records.bulkDelete(keys.filter((key) => !OF_DEVICE.has(key)))
  })
}

const emptyTable = async (db: Db, name: TableName): Promise<void> => {
  if ((await db.tables[name].count()) === 0) return
  await db.write([name], async () => {
    await db.tables[name].clear()
  })
}

/** Inside a write over chats and messages: nobody else can send these any more. */
export const markUnsent = async (db: Db, change: Change, ids: readonly MessageRow['id'][]): Promise<void> => {
  const rows = (await db.tables.messages.bulkGet([...ids]))
    .filter((row) => row !== undefined)
    .map((row) => ({ ...row, failed: true }))
  await db.tables.messages.bulkPut(rows)
  change.messages.push(...rows)
  for (const row of rows) {
    const chat = await db.tables.chats.get(row.chat)
    if (chat?.last?.id === row.id) await db.tables.chats.put({ ...chat, last: toLastLine(row) })
  }
}

/** Inside a write over chats and events: places in the log of which no more is known (LG7, LG5). */
export const putFloors = async (db: Db, change: Change, id: ChatId, rows: readonly EventRow[]): Promise<void> => {
  await db.tables.events.bulkPut([...rows])
  const chat = await db.tables.chats.get(id)
  if (chat === undefined) return
  const chains = { ...chat.chains }
  for (const { device, counter, id: event, time, tick, order } of rows) {
    if (counter > (chains[device]?.counter ?? 0)) chains[device] = { counter, id: event, time, tick, order }
  }
  const ends = rows.map(({ id: event, order, time, tick }) => ({ id: event, order, time, tick }))
  await db.tables.chats.put({ ...chat, chains, heads: [...chat.heads, ...ends].slice(-MAX_ENDS) })
  change.chats.add(id)
}

/** As many as the log keeps. */
const MAX_ENDS = 16
