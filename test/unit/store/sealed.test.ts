/** What lies on the disk of a sealed store, and what is refused of it. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Dexie } from 'dexie'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { expect, test } from 'vitest'
import { utf8 } from '../../../src/base/bytes.ts'
import type { ChatId, DeviceId, Did, MessageId } from '../../../src/model/ids.ts'
import { getAccount } from '../../../src/store/account.ts'
import { listChats } from '../../../src/store/chats.ts'
import { openDatabase, type Db, type OpenOptions, type TableName } from '../../../src/store/database.ts'
import { LEGACY } from '../../../src/store/migrations.ts'
import { getRecord, setRecord } from '../../../src/store/records.ts'
import type { EventRow, MessageRow } from '../../../src/store/rows.ts'
import { pack, unpack } from '../../../src/store/sealed/pack.ts'
import type { Table } from '../../../src/store/tables.ts'
import { countBefore, getMessage, newestMessages } from '../../../src/store/timeline.ts'
import { readFixture } from '../../golden/store-v1/fixture.ts'
import { testVault } from '../../vault.ts'

const CHAT = 'a chat with a name' as ChatId
const PLANTED = 'Zq7_planted_words_9xK'

const open = async (indexedDB: IDBFactory, more: Partial<OpenOptions> = {}): Promise<Db> =>
  openDatabase({ indexedDB, IDBKeyRange, vaults: [await testVault()], ...more })

const message = (id: number, text = `text ${id}`): MessageRow => ({
  id: `message ${id}` as MessageId,
  chat: CHAT,
  order: id.toString().padStart(8, '0'),
  mine: false,
  author: 'did:key:z' as Did,
  device: 'd' as DeviceId,
  counter: id + 1,
  time: id,
  arrivedAt: id,
  text,
  replyTo: undefined,
  removed: false,
  needsNewer: false,
  edits: [],
  reactions: [],
  failed: false
})

const fill = async (db: Db, from: number, to: number): Promise<void> => {
  const rows = Array.from({ length: to - from }, (_, index) => message(from + index))
  await db.write(['messages'], () => db.tables.messages.bulkPut(rows))
}

/** Everything on the disk as it lies there. */
const raw = async (indexedDB: IDBFactory): Promise<Dexie> => {
  const dexie = new Dexie('cryptochat', { indexedDB, IDBKeyRange })
  await dexie.open()
  return dexie
}
const bytesOf = async (indexedDB: IDBFactory): Promise<Buffer> => {
  const dexie = await raw(indexedDB)
  const parts: Buffer[] = []
  for (const table of dexie.tables) {
    for (const key of await table.toCollection().primaryKeys()) parts.push(Buffer.from(String(key)))
    for (const value of await table.toArray()) {
      parts.push(value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(JSON.stringify(value)))
    }
  }
  dexie.close()
  return Buffer.concat(parts)
}

test('no word, id, time or name of a row lies readable on the disk, in a row or in an index', async () => {
  const disk = new IDBFactory()
  const db = await open(disk)
  await db.write(['messages', 'parts'], async () => {
    await db.tables.messages.put({ ...message(1, PLANTED), time: 1_793_000_123_456 })
    await db.tables.parts.put({ group: 'group of mine', name: PLANTED, value: utf8(PLANTED) })
  })
  await fill(db, 2, 200)
  await setRecord(db, 'device', PLANTED)
  db.close()
  const lies = await bytesOf(disk)
  expect(lies.length).toBeGreaterThan(10_000)
  for (const word of [PLANTED, CHAT, 'message 1', 'text 7', '1793000123456', 'did:key', 'group of mine', 'messages']) {
    expect([word, lies.includes(word), lies.includes(Buffer.from(word, 'utf16le'))]).toEqual([word, false, false])
  }
})

test('a store does not open with another key', async () => {
  const disk = new IDBFactory()
  const db = await open(disk)
  await setRecord(db, 'a', 1)
  db.close()
  const vault = await testVault()
  const other = await testVault(undefined, 'b')
  const wrong = {
    ...vault,
    openLater: (shelf: never, id: string, sealed: Uint8Array) => other.openLater(shelf, id, sealed)
  }
  await expect(open(disk, { vaults: [wrong] })).rejects.toMatchObject({ code: 'untrusted' })
})

test('rows that were swapped on the disk are refused', async () => {
  const disk = new IDBFactory()
  const db = await open(disk)
  await setRecord(db, 'a', 1)
  await setRecord(db, 'b', 2)
  db.close()
  const dexie = await raw(disk)
  const rows = dexie.table<Uint8Array, string>('rows')
  const [first, second] = await rows.toCollection().primaryKeys()
  const [one, two] = await rows.bulkGet([first!, second!])
  await rows.bulkPut([two!, one!], [first!, second!])
  dexie.close()
  await expect(open(disk)).rejects.toMatchObject({ code: 'untrusted' })
})

test('pages of history that were swapped are refused when they are read, and a missing one is no empty one', async () => {
  const disk = new IDBFactory()
  const db = await open(disk)
  await fill(db, 0, 300)
  db.close()
  const dexie = await raw(disk)
  const pages = dexie.table<Uint8Array, string>('pages')
  const ids = await pages.toCollection().primaryKeys()
  expect(ids).toHaveLength(3)
  const [one, two] = await pages.bulkGet(ids)
  await pages.bulkPut([two!, one!], ids.slice(0, 2))
  await pages.delete(ids[2]!)
  dexie.close()
  const again = await open(disk)
  const reads = await Promise.allSettled([0, 150, 299].map((id) => again.tables.messages.get(message(id).id)))
  expect(
    reads.map((read) => (read.status === 'rejected' ? (read.reason as { code: string }).code : read.status)).toSorted()
  ).toEqual(['internal', 'untrusted', 'untrusted'])
})

test('new rows lie in small pages, history in pages of about a hundred, and rows in between split one', async () => {
  const disk = new IDBFactory()
  const db = await open(disk)
  for (let id = 0; id < 500; id++) await fill(db, id, id + 1)
  const count = async (): Promise<readonly number[]> => {
    const dexie = await raw(disk)
    const counts = [await dexie.table('rows').count(), await dexie.table('pages').count()]
    dexie.close()
    return counts
  }
  const [rows = 0, pages = 0] = await count()
  expect(pages).toBeLessThan(20)
  // the heads of pages, the newest rows, and the journal
  expect(rows).toBeLessThan(pages + 10 + 65)
  const between = Array.from({ length: 120 }, (_, index) => ({
    ...message(1000 + index),
    order: `00000050 ${index.toString().padStart(3, '0')}`
  }))
  await db.write(['messages'], () => db.tables.messages.bulkPut(between))
  expect(await countBefore(db, CHAT, '00000051')).toBe(51 + 120)
  db.close()
  const again = await open(disk)
  expect(await countBefore(again, CHAT, '00000051')).toBe(51 + 120)
  expect((await newestMessages(again, CHAT, 3)).map(({ id }) => id)).toEqual([
    'message 497',
    'message 498',
    'message 499'
  ])
})

const eventRow = (id: number, body: Uint8Array | undefined): EventRow => ({
  id: `event ${id}`,
  chat: CHAT,
  author: 'did:key:z' as Did,
  device: 'd' as DeviceId,
  counter: id + 1,
  time: id,
  tick: 0,
  order: id.toString().padStart(8, '0'),
  kind: 'message',
  target: `event ${id}`,
  arrivedAt: id,
  header: Uint8Array.of(1),
  signature: Uint8Array.of(2),
  body,
  salt: body,
  content: undefined
})

test('LG5 what is removed from a page of history is nowhere on the disk, not even sealed', async () => {
  const disk = new IDBFactory()
  const db = await open(disk)
  await db.write(['events'], () =>
    db.tables.events.bulkPut(Array.from({ length: 300 }, (_, id) => eventRow(id, utf8(`${PLANTED} ${id}`))))
  )
  const sealedBefore = await raw(disk)
  const before = new Set(await sealedBefore.table('pages').toCollection().primaryKeys())
  sealedBefore.close()
  await db.write(['events'], () => db.tables.events.put(eventRow(150, undefined)))
  db.close()

  // with the key in hand
  const vault = await testVault()
  const dexie = await raw(disk)
  const pages = dexie.table<Uint8Array, string>('pages')
  const ids = await pages.toCollection().primaryKeys()
  expect(ids.filter((id) => !before.has(id))).toHaveLength(1)
  expect(ids).toHaveLength(before.size)
  const all = (
    await Promise.all(ids.map(async (id) => unpack(vault.open('pages', id, (await pages.get(id))!)) as EventRow[]))
  ).flat()
  dexie.close()
  expect(all).toHaveLength(300)
  const bodies = all.map(({ body }) => body && Buffer.from(body).toString())
  expect(bodies).not.toContain(`${PLANTED} 150`)
  expect(bodies).toContain(`${PLANTED} 149`)
})

test('rows come out as they went in, bytes, maps and odd numbers included', () => {
  const value = {
    text: '𝄞 \ud800 ok',
    bytes: Uint8Array.of(1, 2, 3),
    nested: [{ map: new Map([['k', Uint8Array.of(9)]]), set: new Set([1]) }, null, undefined, Infinity, -0],
    $: { $: 7, v: 'not a mark' },
    empty: new Uint8Array(0)
  }
  expect(unpack(pack(value))).toEqual(value)
  expect(() => pack({ made: new Date(0) })).toThrow('plain objects')
  expect(() => pack({ call: () => undefined })).toThrow('no plain data')
})

test('only a write puts rows, and only into tables that it named', async () => {
  const db = await open(new IDBFactory())
  await expect(db.tables.messages.put(message(1))).rejects.toThrow('outside of a write')
  await expect(db.write(['chats'], () => db.tables.messages.put(message(1)))).rejects.toThrow('did not name it')
})

test('what a write has put is not seen by others before it has committed', async () => {
  const disk = new IDBFactory()
  const first = await open(disk)
  await fill(first, 0, 3000)
  first.close()
  const db = await open(disk)
  const seen: unknown[] = []
  await db.write(['messages'], async () => {
    const added = message(9999)
    setTimeout(async () => seen.push(await getMessage(db, added.id)))
    await db.tables.messages.put(added)
    // pages of history, each from the disk
    for (let id = 0; id < 3000; id += 100) await db.tables.messages.get(message(id).id)
    expect(await getMessage(db, added.id)).toMatchObject({ text: 'text 9999' })
  })
  expect(seen).toEqual([undefined])
  expect(await getMessage(db, message(9999).id)).toBeDefined()
})

test('a node that was robbed of the store writes nothing more, whatever it still believes', async () => {
  const disk = new IDBFactory()
  const robbed = await open(disk)
  await setRecord(robbed, 'a', 1)
  const owner = await open(disk)
  await expect(setRecord(robbed, 'a', 2)).rejects.toMatchObject({ code: 'not-ready' })
  await expect(fill(robbed, 0, 300)).rejects.toMatchObject({ code: 'not-ready' })
  expect(robbed.memory.records.get('a')).toMatchObject({ value: 1 })
  await setRecord(owner, 'a', 3)
  const third = await open(disk)
  expect(await getRecord(third, 'a')).toBe(3)
  expect(await third.tables.messages.count()).toBe(0)
  await expect(setRecord(robbed, 'a', 4)).rejects.toMatchObject({ code: 'not-ready' })
  await expect(setRecord(owner, 'a', 5)).rejects.toMatchObject({ code: 'not-ready' })
  await setRecord(third, 'a', 6)
})

/** A disk as version 1 left it. */
const legacyDisk = async (): Promise<{ disk: IDBFactory; tables: ReturnType<typeof readFixture> }> => {
  const file = path.join(import.meta.dirname, '../../golden/store-v1/tables.json')
  const tables = readFixture(readFileSync(file, 'utf8'))
  const disk = new IDBFactory()
  const old = new Dexie('cryptochat', { indexedDB: disk, IDBKeyRange })
  old.version(1).stores(LEGACY)
  await old.open()
  for (const [name, rows] of Object.entries(tables)) await old.table(name).bulkPut([...rows])
  old.close()
  return { disk, tables }
}

const expectAll = async (db: Db, tables: ReturnType<typeof readFixture>): Promise<void> => {
  for (const [name, rows] of Object.entries(tables)) {
    if (name === 'parcels') continue
    expect([name, await db.tables[name as TableName].count()]).toEqual([name, rows.length])
    if (name === 'outbox') continue
    const found = await (db.tables[name as TableName] as unknown as Table<unknown>).toArray()
    expect(found).toEqual(expect.arrayContaining([...rows]))
  }
}

test('a database of version 1 is sealed in place, with everything in it and nothing left readable', async () => {
  const { disk, tables } = await legacyDisk()
  expect((await bytesOf(disk)).includes('hello, Bob!')).toBe(true)
  const db = await open(disk)
  await expectAll(db, tables)
  const direct = (await listChats(db)).find(({ kind }) => kind === 'direct')
  expect((await newestMessages(db, direct!.id, 10)).map(({ text }) => text)).toEqual([
    'hello, Bob!',
    '',
    'not sent yet'
  ])
  expect((await getAccount(db))?.keys).toBeDefined()
  expect(await getRecord(db, 'settings')).toMatchObject({ theme: 'dark' })
  db.close()
  expect((await bytesOf(disk)).includes('hello, Bob!')).toBe(false)
})

test('an upgrade that dies after any of its writes goes on at the next start', async () => {
  for (let dieAt = 1; dieAt < 40; dieAt++) {
    const { disk, tables } = await legacyDisk()
    let writes = 0
    const dying = open(disk, {
      onWrite: (when) => {
        if (when === (dieAt % 2 === 0 ? 'before' : 'after') && ++writes >= dieAt / 2) throw new Error('killed')
      }
    })
    const db = await dying.catch(() => undefined)
    db?.close()
    const again = await open(disk)
    await expectAll(again, tables)
    again.close()
    if (db !== undefined) return
  }
  throw new Error('the upgrade never came to its end')
})

test('everything is sealed again under a new key, while others write; a crash in between is made good', async () => {
  const disk = new IDBFactory()
  const [before, after] = [await testVault(undefined, 'a'), await testVault(undefined, 'b')]
  const db = await open(disk, { vaults: [before] })
  await fill(db, 0, 4000)
  for (let id = 0; id < 80; id++) await setRecord(db, `record ${id}`, id)
  // the journal knows that it is gone, its row does not
  await db.write(['records'], () => db.tables.records.delete('record 7'))
  await db.write(['parts'], () => db.tables.parts.put({ group: 'g', name: 'n', value: Uint8Array.of(5) }))
  const renewing = db.renew(after)
  await fill(db, 4000, 4010)
  await setRecord(db, 'record 3', 'changed')
  // half-way
  db.close()
  await expect(renewing).rejects.toMatchObject({ code: 'not-ready' })

  const again = await open(disk, { vaults: [await testVault(undefined, 'b'), await testVault(undefined, 'a')] })
  await again.renew()
  again.close()
  const last = await open(disk, { vaults: [await testVault(undefined, 'b')] })
  expect(await last.tables.messages.count()).toBe(4010)
  expect(await countBefore(last, CHAT, '9')).toBe(4010)
  expect(await getMessage(last, message(3999).id)).toMatchObject({ text: 'text 3999' })
  expect(await getRecord(last, 'record 3')).toBe('changed')
  expect(await getRecord(last, 'record 7')).toBeUndefined()
  expect(await last.tables.parts.get(['g', 'n'])).toMatchObject({ value: Uint8Array.of(5) })
  last.close()
  const dexie = await raw(disk)
  for (const shelf of ['rows', 'pages']) {
    const ids = (await dexie.table(shelf).toCollection().primaryKeys()) as string[]
    expect(ids.filter((id) => !id.startsWith('b'))).toEqual([])
  }
  dexie.close()
})
