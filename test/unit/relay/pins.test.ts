import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/base/clock.ts'
import type { DirectoryStore, StoredHead } from '../../../src/p2p/protocols/directory/store.ts'
import { openDirectoryStore } from '../../../relay/directory-store.ts'

let store: DirectoryStore
afterEach(() => store.close())

const bytes = (size: number, ...start: readonly number[]): Uint8Array => {
  const all = new Uint8Array(size)
  all.set(start)
  return all
}

const head = (number: number): StoredHead => ({
  didKey: bytes(32, number),
  generation: 0,
  seq: 0,
  documentHash: bytes(32, number, 1),
  issued: 1,
  freshUntil: systemClock.now() + 1000,
  hash: bytes(32, number, 2),
  bytes: bytes(100, number)
})
const document = (number: number) => ({ hash: bytes(32, number, 1), bytes: bytes(200, number), fingerprint: undefined })

test('DH2 heads that only pass by in the DHT leave room for the accounts that live here', async () => {
  store = openDirectoryStore({ file: ':memory:', clock: systemClock, maxPins: 10 })
  const outcomes: string[] = []
  for (let number = 1; number <= 9; number++) outcomes.push(await store.pinHead(head(number)))
  expect(outcomes).toContain('full')
  expect(await store.keepHead(head(100), document(100))).toBe('ok')
  // who was seen before is still watched
  expect(await store.pinHead(head(1))).toBe('ok')
})
