/** Opening, upgrading and losing the database; what is told after a commit. */
import { Dexie } from 'dexie'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { expect, test } from 'vitest'
import { AppError } from '../../../src/base/errors.ts'
import type { ChatId, Did } from '../../../src/model/ids.ts'
import { emptyChat, getChat, listChats, putChat, sessionToWrite, updateChat } from '../../../src/store/chats.ts'
import { openDatabase } from '../../../src/store/database.ts'
import type { Db } from '../../../src/store/database.ts'
import { getRecord, setRecord } from '../../../src/store/records.ts'
import type { SessionRow } from '../../../src/store/rows.ts'
import type { Change } from '../../../src/store/watch.ts'
import { watch } from '../../../src/store/watch.ts'
import { testVault } from '../../vault.ts'

const [id, did] = ['chat' as ChatId, 'did:key:z' as Did]
const open = async (indexedDB = new IDBFactory(), more = {}): Promise<Db> =>
  openDatabase({ indexedDB, IDBKeyRange, vaults: [await testVault()], ...more })
const add = (db: Db): Promise<void> =>
  db.write(['chats'], (change) => putChat(db, change, emptyChat(id, did, 'direct', 1)))

test('a write is all or nothing, and nothing is told of one that failed', async () => {
  const db = await open()
  const told: Change[] = []
  db.changes.listen((change) => told.push(change))
  const failing = db.write(['chats'], async (change) => {
    await putChat(db, change, emptyChat(id, did, 'direct', 1))
    throw new AppError('conflict', 'no')
  })
  await expect(failing).rejects.toMatchObject({ code: 'conflict' })
  expect(await listChats(db)).toEqual([])
  expect(told).toEqual([])
  await add(db)
  expect(told.map(({ chats }) => [...chats])).toEqual([[id]])
})

test('records keep anything plain under a name', async () => {
  const db = await open()
  expect(await getRecord(db, 'relays')).toBeUndefined()
  await setRecord(db, 'relays', [{ url: 'x', seen: new Uint8Array([1]) }])
  expect(await getRecord(db, 'relays')).toEqual([{ url: 'x', seen: new Uint8Array([1]) }])
})

test('a database of a newer version is refused and left alone', async () => {
  const indexedDB = new IDBFactory()
  const newer = new Dexie('cryptochat', { indexedDB, IDBKeyRange })
  newer.version(99).stores({ chats: 'id' })
  await newer.open()
  newer.close()
  await expect(open(indexedDB)).rejects.toMatchObject({ code: 'needs-newer' })
  const again = new Dexie('cryptochat', { indexedDB, IDBKeyRange })
  await again.open()
  expect(again.verno).toBe(99)
  again.close()
})

test('who upgrades or erases the database is let through, and we are told that it is lost', async () => {
  const indexedDB = new IDBFactory()
  const lost = Promise.withResolvers<string>()
  const db = await open(indexedDB, { onLost: lost.resolve })
  const upgrade = new Dexie('cryptochat', { indexedDB, IDBKeyRange })
  upgrade.version(99).stores({ chats: 'id' })
  await upgrade.open()
  expect(await lost.promise).toBe('upgraded')
  await expect(add(db)).rejects.toMatchObject({ code: 'not-ready' })
  upgrade.close()
})

test('a feed gives a snapshot at once and one after each change that concerns it, skipping what nobody read', async () => {
  const db = await open()
  const feed = watch(db.changes, { concerns: ({ chats }) => chats.has(id), read: () => getChat(db, id) })
  const values = feed[Symbol.asyncIterator]()
  expect((await values.next()).value).toBeUndefined()
  await add(db)
  expect((await values.next()).value).toMatchObject({ unread: 0 })
  for (let unread = 1; unread <= 5; unread++) await updateChat(db, id, () => ({ unread }))
  let last = 0
  while (last < 5) last = (await values.next()).value?.unread ?? 0
  await values.return?.()
  expect((await values.next()).done).toBe(true)
})

const session = (group: string, generation: number): SessionRow => ({
  group,
  generation,
  chat: id,
  suite: 'pgp-v6',
  tag: '',
  openedAt: 0,
  state: undefined
})

test('LG0 written is the session of the highest generation, then of the lowest group', () => {
  expect(sessionToWrite([session('b', 0), session('a', 0), session('c', 1)])?.group).toBe('c')
  expect(sessionToWrite([session('b', 0), session('a', 0)])?.group).toBe('a')
  expect(sessionToWrite([])).toBeUndefined()
})
