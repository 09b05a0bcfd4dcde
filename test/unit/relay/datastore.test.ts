import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Key } from 'interface-datastore'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDatastore } from '../../../relay/datastore.ts'
import { utf8, utf8ToText } from '../../../src/base/bytes.ts'

const HOUR_MS = 3600 * 1000
let folder = ''
let now = 1_800_000_000_000
const clock = { now: () => now, sleep: () => Promise.reject(new Error('nothing sleeps here')) }
const open = async (maxRecords = 10) => {
  const store = createDatastore({ folder, clock, maxRecords })
  await store.open()
  return store
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cryptochat-datastore-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const record = (name: string): Key => new Key(`/dht/record/${name}`)
const peer = new Key('/peers/somebody')

test('DHT records survive a restart, peers do not, and their traces never reach the disk', async () => {
  const first = await open()
  await first.put(record('a'), utf8('a head'))
  await first.put(peer, utf8('203.0.113.77 was here'))
  expect(await first.get(peer)).toEqual(utf8('203.0.113.77 was here'))
  const found = []
  for await (const { key } of first.query({ prefix: '/peers/' })) found.push(key.toString())
  expect(found).toEqual([peer.toString()])
  await first.close()

  const again = await open()
  expect(utf8ToText(await again.get(record('a')))).toBe('a head')
  expect(await again.has(peer)).toBe(false)
  await expect(again.get(peer)).rejects.toMatchObject({ name: 'NotFoundError' })
  await again.close()
  const disk = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join('')
  expect(disk).toContain('a head')
  expect(disk).not.toContain('203.0.113.77')
})

test('DH4: records die two days after their last put, and there is room for so many only', async () => {
  const store = await open(2)
  await store.put(record('a'), utf8('a'))
  now += 40 * HOUR_MS
  await store.put(record('b'), utf8('b'))
  await expect(store.put(record('c'), utf8('c'))).rejects.toMatchObject({ code: 'quota' })
  await store.put(record('b'), utf8('b again'))
  now += 9 * HOUR_MS
  await store.sweep()
  expect(await store.has(record('a'))).toBe(false)
  expect(utf8ToText(await store.get(record('b')))).toBe('b again')
  await store.put(record('c'), utf8('c'))
  await store.close()
})
