/** What has not been receipted. An event stays here until every device that must have it holds it (DL2), or its time is up. */
import type { ChatId } from '../model/ids.ts'
import type { Db } from './database.ts'
import type { OutboxRow } from './carried-rows.ts'
import type { ChatRecord, Debts, EventRow } from './rows.ts'
import type { Change } from './watch.ts'

/** Inside a write. */
export const queueEvents = async (db: Db, change: Change, rows: readonly OutboxRow[]): Promise<void> => {
  await db.tables.outbox.bulkPut([...rows])
  for (const { chat } of rows) change.outbox.add(chat)
}

/** As last committed, oldest first. In a write: as long as it has not written here. */
export const outboxOf = (db: Db, chat: ChatId): readonly OutboxRow[] =>
  [...db.memory.outbox.values()].filter((row) => row.chat === chat).toSorted((a, b) => a.counter - b.counter)

export const countOutbox = (db: Db): Promise<number> => db.tables.outbox.count()

/** Chats with anything to send: events, or a debt. */
export const chatsWithWork = (db: Db): readonly ChatId[] => {
  const { outbox, chats } = db.memory
  const waiting = [...outbox.values()].filter(({ state }) => state !== 'failed')
  const owing = [...chats.values()].filter(({ debts }) => Object.keys(debts).length > 0)
  return [...new Set([...waiting.map(({ chat }) => chat), ...owing.map(({ id }) => id)])]
}

/** Inside a write: they are in sealed bytes from here on. */
export const markSealed = async (db: Db, ids: readonly string[]): Promise<void> => {
  const there = ids.map((id) => db.memory.outbox.get(id)).filter((row) => row !== undefined)
  const fresh = there.filter(({ state }) => state === 'queued')
  if (fresh.length > 0) await db.tables.outbox.bulkPut(fresh.map((row) => ({ ...row, state: 'sealed' })))
}

/** Inside a write that has not written here: stores the chat; what is done with leaves. `sealed`: ids that are now. */
export const settleOutbox = async (
  db: Db,
  change: Change,
  chat: ChatRecord,
  { upTo, sealed = [] }: { readonly upTo: number; readonly sealed?: readonly string[] }
): Promise<void> => {
  const done = new Set(
    outboxOf(db, chat.id)
      .filter(({ counter }) => counter <= upTo)
      .map(({ id }) => id)
  )
  await Promise.all([
    db.tables.chats.put(chat),
    done.size === 0 ? undefined : db.tables.outbox.bulkDelete([...done]),
    markSealed(
      db,
      sealed.filter((id) => !done.has(id))
    )
  ])
  change.chats.add(chat.id)
  change.outbox.add(chat.id)
}

/** Debts that delivered mail paid, unless they were made again meanwhile. */
export const payDebts = (chat: ChatRecord, paid: Debts): Debts =>
  Object.fromEntries(Object.entries(chat.debts).filter(([name, made]) => paid[name as keyof Debts] !== made))

/**
 * Inside a write over outbox, messages, chats and events: the outbox gives up on these (DL2), the person may retry.
 */
export const failEvents = async (
  db: Db,
  change: Change,
  rows: readonly OutboxRow[]
): Promise<readonly EventRow['id'][]> => {
  await db.tables.outbox.bulkPut(rows.map((row) => ({ ...row, state: 'failed' })))
  return await markFailed(db, change, rows, true)
}

/** Inside a write: they go out again under the same event ids. */
export const reviveEvents = async (
  db: Db,
  change: Change,
  rows: readonly OutboxRow[],
  endsAt: number
): Promise<void> => {
  await db.tables.outbox.bulkPut(rows.map((row) => ({ ...row, state: 'queued', endsAt })))
  await markFailed(db, change, rows, false)
}

const markFailed = async (
  db: Db,
  change: Change,
  rows: readonly OutboxRow[],
  failed: boolean
): Promise<readonly string[]> => {
  const messages = (await db.tables.messages.bulkGet(rows.map(({ id }) => id)))
    .filter((row) => row !== undefined)
    .map((row) => ({ ...row, failed }))
  await db.tables.messages.bulkPut(messages)
  change.messages.push(...messages)
  for (const chat of new Set(rows.map((row) => row.chat))) {
    change.outbox.add(chat)
    change.chats.add(chat)
    const record = await db.tables.chats.get(chat)
    const last = record?.last && messages.find(({ id }) => id === record.last?.id)
    if (record?.last && last) await db.tables.chats.put({ ...record, last: { ...record.last, failed } })
  }
  return messages.map(({ id }) => id)
}
