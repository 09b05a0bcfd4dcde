/** What every directory store must do, whatever it is made of. */
import { afterEach, expect, test } from 'vitest'
import type { Clock } from '../../src/base/clock.ts'
import type { DirectoryStore, StoredCard, StoredHead } from '../../src/p2p/protocols/directory/store.ts'

const DAY_MS = 24 * 3600 * 1000
const START = 1_800_000_000_000

export interface StoreUnderTest {
  readonly store: DirectoryStore
  /** Opens the same data again, after `store.close()`. */
  readonly reopen?: () => DirectoryStore
  readonly remove: () => void
}
export type OpenStore = (options: { readonly clock: Clock; readonly maxBytes: number }) => StoreUnderTest

const b32 = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)

/** `who` is the account, `twist` another document, `again` a later head for the same document. */
const head = (place: { generation?: number; seq: number }, { who = 1, twist = 0, again = 0 } = {}): StoredHead => {
  const generation = place.generation ?? 0
  return {
    didKey: b32(who),
    generation,
    seq: place.seq,
    documentHash: Uint8Array.from([generation, place.seq, twist, ...b32(who).subarray(3)]),
    issued: START + again,
    freshUntil: START + 30 * DAY_MS,
    hash: Uint8Array.from([generation, place.seq, twist, again, ...b32(who).subarray(4)]),
    bytes: Uint8Array.from([generation, place.seq, twist, again, who])
  }
}
const documentOf = ({ documentHash, didKey }: StoredHead) => ({
  hash: documentHash,
  bytes: documentHash.slice(0, 10),
  fingerprint: b32((didKey[0] ?? 0) + 100)
})
const card = (change: Partial<StoredCard> = {}): StoredCard => ({
  id: b32(7),
  writer: b32(8),
  issued: 1,
  endsAt: START + DAY_MS,
  sealed: Uint8Array.of(1, 2, 3),
  ...change
})

export const directoryStoreContract = (
  name: string,
  openStore: OpenStore,
  { forgets = false }: { readonly forgets?: boolean } = {}
): void => {
  let now = START
  const clock: Clock = { now: () => now, sleep: () => Promise.reject(new Error('nothing sleeps here')) }
  let opened: StoreUnderTest[] = []

  const setup = ({ maxBytes = 10_000 } = {}): StoreUnderTest => {
    now = START
    const made = openStore({ clock, maxBytes })
    opened.push(made)
    return made
  }
  afterEach(async () => {
    for (const made of opened) {
      await made.store.close()
      made.remove()
    }
    opened = []
  })

  test(`${name}: a head is kept with its document and found by account, hash and fingerprint`, async () => {
    const { store } = setup()
    const first = head({ seq: 0 })
    expect(await store.keepHead(first, undefined)).toBe('needed')
    expect(await store.keepHead(first, documentOf(first))).toBe('ok')
    expect(await store.keepHead(first, undefined)).toBe('known')
    expect(await store.heads(first.didKey)).toEqual([first.bytes])
    expect(await store.document(first.documentHash)).toEqual(documentOf(first).bytes)
    expect(await store.didKeys(b32(101))).toEqual([first.didKey])
    expect(await store.heads(b32(2))).toEqual([])
    expect(await store.usage()).toEqual({ blobs: 2, bytes: 15 })
  })

  test(`${name}: ID5 lower places are refused, of two heads for one document the later wins`, async () => {
    const { store } = setup()
    const [zero, one, later] = [head({ seq: 0 }), head({ seq: 1 }), head({ seq: 1 }, { again: 5 })]
    expect(await store.keepHead(one, documentOf(one))).toBe('ok')
    expect(await store.keepHead(zero, documentOf(zero))).toBe('old')
    expect(await store.keepHead(later, undefined)).toBe('ok')
    expect(await store.keepHead(one, undefined)).toBe('old')
    expect(await store.heads(b32(1))).toEqual([later.bytes])
    expect(await store.usage()).toEqual({ blobs: 2, bytes: 15 })
  })

  test(`${name}: ID5 duplicity is kept as proof until a higher generation, and bounded`, async () => {
    const { store } = setup()
    const [a, b, next] = [head({ seq: 1 }), head({ seq: 1 }, { twist: 1 }), head({ seq: 2 })]
    for (const one of [a, b, next]) expect(await store.keepHead(one, documentOf(one))).toBe('ok')
    expect(await store.heads(b32(1))).toEqual([a.bytes, b.bytes, next.bytes])
    const more = [1, 2].map((twist) => head({ seq: 2 }, { twist }))
    const outcomes = []
    for (const one of more) outcomes.push(await store.keepHead(one, documentOf(one)))
    expect(outcomes).toEqual(['ok', 'full'])
    const rotated = head({ generation: 1, seq: 3 })
    expect(await store.keepHead(rotated, documentOf(rotated))).toBe('ok')
    expect(await store.heads(b32(1))).toEqual([rotated.bytes])
    const stale = head({ seq: 200 })
    expect(await store.keepHead(stale, documentOf(stale))).toBe('old')
  })

  test(`${name}: DH2 a place seen in the DHT counts here, and what is here counts there`, async () => {
    const { store } = setup()
    expect(await store.pinHead(head({ seq: 3 }))).toBe('ok')
    expect(await store.pinHead(head({ seq: 3 }))).toBe('ok')
    expect(await store.pinHead(head({ seq: 2 }))).toBe('old')
    expect(await store.keepHead(head({ seq: 2 }), documentOf(head({ seq: 2 })))).toBe('old')
    expect(await store.keepHead(head({ seq: 4 }), documentOf(head({ seq: 4 })))).toBe('ok')
    expect(await store.pinHead(head({ seq: 3 }))).toBe('old')
  })

  test(`${name}: a card belongs to its first writer, later ones replace it, its end is kept`, async () => {
    const { store } = setup()
    expect(await store.keepCard(card())).toBe('ok')
    expect(await store.keepCard(card())).toBe('known')
    expect(await store.keepCard(card({ writer: b32(9), issued: 2 }))).toBe('refused')
    expect(await store.keepCard(card({ issued: 2, sealed: Uint8Array.of(4) }))).toBe('ok')
    expect(await store.keepCard(card())).toBe('old')
    expect(await store.card(b32(7))).toEqual(Uint8Array.of(4))
    expect(await store.usage()).toEqual({ blobs: 1, bytes: 1 })
    now += DAY_MS
    expect(await store.card(b32(7))).toBeUndefined()
    await store.sweep()
    expect(await store.usage()).toEqual({ blobs: 0, bytes: 0 })
  })

  test(`${name}: a card taken back cannot come again`, async () => {
    const { store } = setup()
    await store.keepCard(card())
    expect(await store.keepCard(card({ issued: 2, sealed: undefined }))).toBe('ok')
    expect(await store.card(b32(7))).toBeUndefined()
    expect(await store.usage()).toEqual({ blobs: 0, bytes: 0 })
    now += 2 * DAY_MS
    await store.sweep()
    expect(await store.keepCard(card({ endsAt: now + DAY_MS }))).toBe('old')
  })

  test(`${name}: a full store refuses what is new and keeps what it has`, async () => {
    const { store } = setup({ maxBytes: 20 })
    const [mine, yours] = [head({ seq: 0 }), head({ seq: 0 }, { who: 2 })]
    expect(await store.keepHead(mine, documentOf(mine))).toBe('ok')
    expect(await store.keepHead(yours, documentOf(yours))).toBe('full')
    expect(await store.keepCard(card({ sealed: new Uint8Array(6) }))).toBe('full')
    expect(await store.heads(b32(1))).toEqual([mine.bytes])
  })

  test(`${name}: stale heads and unnamed documents go after 60 days, the pin stays`, async () => {
    const { store } = setup()
    const [zero, one] = [head({ seq: 0 }), head({ seq: 1 })]
    await store.keepHead(zero, documentOf(zero))
    await store.keepHead(one, documentOf(one))
    now += 61 * DAY_MS
    await store.sweep()
    expect(await store.document(zero.documentHash)).toBeUndefined()
    expect(await store.document(one.documentHash)).toBeDefined()
    now += 30 * DAY_MS
    await store.sweep()
    expect(await store.heads(b32(1))).toEqual([])
    expect(await store.keepHead(zero, documentOf(zero))).toBe('old')
  })

  test(`${name}: a head from years ahead lives no longer than any other`, async () => {
    const { store } = setup()
    const ahead = { ...head({ seq: 0 }), issued: START + 9_000 * DAY_MS, freshUntil: START + 9_030 * DAY_MS }
    expect(await store.keepHead(ahead, documentOf(ahead))).toBe('ok')
    now += 91 * DAY_MS
    await store.sweep()
    expect(await store.heads(b32(1))).toEqual([])
  })

  if (forgets) return
  test(`${name}: everything is there again after it was closed`, async () => {
    const made = setup()
    if (made.reopen === undefined) throw new Error('a store that keeps things can be opened again')
    const one = head({ seq: 1 })
    await Promise.all([made.store.keepHead(one, documentOf(one)), made.store.keepCard(card())])
    const usage = await made.store.usage()
    await made.store.close()
    const again = made.reopen()
    opened = [{ store: again, remove: made.remove }]
    expect(await again.heads(b32(1))).toEqual([one.bytes])
    expect(await again.card(b32(7))).toEqual(card().sealed)
    expect(await again.usage()).toEqual(usage)
    expect(await again.keepHead(head({ seq: 0 }), documentOf(head({ seq: 0 })))).toBe('old')
  })
}
