import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { expect, test } from 'vitest'
import type { ChatId, Did } from '../../../src/model/ids.ts'
import { emptyChat, putChat } from '../../../src/store/chats.ts'
import { openDatabase } from '../../../src/store/database.ts'
import type { Db } from '../../../src/store/database.ts'
import { testVault } from '../../vault.ts'

const chat = emptyChat('a chat' as ChatId, 'did:key:z' as Did, 'direct', 1)
const open = async (indexedDB = new IDBFactory()): Promise<Db> =>
  openDatabase({ indexedDB, IDBKeyRange, vaults: [await testVault()] })

test('memory holds what was committed, also after the database is opened again', async () => {
  const disk = new IDBFactory()
  const db = await open(disk)
  await db.write(['chats'], (change) => putChat(db, change, chat))
  expect(db.memory.chats.get(chat.id)).toEqual(chat)
  db.close()
  expect((await open(disk)).memory.chats.get(chat.id)).toEqual(chat)
})

test('what a write has put is not in memory before it is on disk', async () => {
  const db = await open()
  await db.write(['chats'], async (change) => {
    await putChat(db, change, chat)
    expect(db.memory.chats.size).toBe(0)
  })
  expect(db.memory.chats.size).toBe(1)
})

test('a write that failed leaves memory as it was', async () => {
  const db = await open()
  await db.write(['chats'], (change) => putChat(db, change, chat))
  const failing = db.write(['chats'], async (change) => {
    await putChat(db, change, { ...chat, unread: 7 })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(db.memory.chats.get(chat.id)?.unread).toBe(0)
})

test('two writes at once see each other in memory', async () => {
  const db = await open()
  await db.write(['chats'], (change) => putChat(db, change, chat))
  const addOne = (): Promise<void> =>
    db.write(['chats'], (change) => {
      const now = db.memory.chats.get(chat.id) ?? chat
      return putChat(db, change, { ...now, unread: now.unread + 1 })
    })
  await Promise.all([addOne(), addOne(), addOne()])
  expect(db.memory.chats.get(chat.id)?.unread).toBe(3)
})

test('a table in memory cannot be written around it, and the keys of the account are not in it', async () => {
  const db = await open()
  await expect(db.tables.chats.put(chat)).rejects.toThrow('outside of a write')
  const account = { id: 'own', did: chat.did, keys: { secret: 1 } }
  await db.write(['account'], () => db.tables.account.put(account as never))
  expect(db.memory.account.get('own')).toMatchObject({ did: chat.did, keys: undefined })
})
