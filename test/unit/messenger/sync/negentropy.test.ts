/** Set reconciliation: the published vectors, and that both sides learn exactly what differs, whatever the sets are. */
import { describe, expect, test } from 'vitest'
import { bytesToHex, hexToBytes } from '../../../../src/base/bytes.ts'
import { AppError } from '../../../../src/base/errors.ts'
import { seededRandom } from '../../../../src/base/random.ts'
import type { Item } from '../../../../src/messenger/sync/negentropy.ts'
import { createItemSet, fingerprint, initiate, reconcile, respond } from '../../../../src/messenger/sync/negentropy.ts'

const LIMIT = 8 * 1024

// of the reference implementation's own tests
const KNOWN: readonly Item[] = [
  { time: 1678011277, id: hexToBytes('eb6b05c2e3b008592ac666594d78ed83e7b9ab30f825b9b08878128f7500008c') },
  { time: 1678011278, id: hexToBytes('39b916432333e069a4386917609215cc688eb99f06fed01aadc29b1b4b92d6f0') },
  { time: 1678011279, id: hexToBytes('abc81d58ebe3b9a87100d47f58bf15e9b1cbf62d38623f11d0f0d17179f5f3ba') }
]

describe('the published vectors', () => {
  const set = createItemSet(KNOWN.toReversed())
  test.each([
    [1, '6d74e1212fcafc8a81d090f0ffbde8b0'],
    [2, '96b26d110825d4b1805fc56988a3e65d'],
    [3, 'c15ce60f185fd24ae341076caa93daa5']
  ])('fingerprint of %d', (count, wanted) => {
    expect(bytesToHex(fingerprint(set, 0, count))).toBe(wanted)
  })
  test('first message', () => {
    const ids = KNOWN.map(({ id }) => bytesToHex(id)).join('')
    expect(bytesToHex(initiate(set))).toBe(`6100000203${ids}`)
  })
  test('another version of the protocol is answered with ours', () => {
    expect(bytesToHex(respond(set, hexToBytes('62aabbccddeeff'), LIMIT))).toBe('61')
  })
})

const random = seededRandom(77)
const make = (count: number, spread: number): Item[] =>
  Array.from({ length: count }, () => ({ time: Math.floor(random.fraction() * spread), id: random.bytes(32) }))

interface Outcome {
  readonly have: readonly string[]
  readonly need: readonly string[]
  readonly rounds: number
  readonly bytes: number
}
const run = (asker: readonly Item[], answerer: readonly Item[], limit = LIMIT): Outcome => {
  const [mine, theirs] = [createItemSet(asker), createItemSet(answerer)]
  const [have, need] = [new Set<string>(), new Set<string>()]
  let message: Uint8Array | undefined = initiate(mine)
  let [rounds, bytes] = [0, 0]
  while (message !== undefined) {
    if (++rounds > 200) throw new Error('it does not end')
    expect(message.length).toBeLessThanOrEqual(limit)
    const answer: Uint8Array = respond(theirs, message, limit)
    expect(answer.length).toBeLessThanOrEqual(limit)
    bytes += message.length + answer.length
    const result = reconcile(mine, answer, limit)
    for (const id of result.have) have.add(bytesToHex(id))
    for (const id of result.need) need.add(bytesToHex(id))
    message = result.next
  }
  return { have: [...have].toSorted(), need: [...need].toSorted(), rounds, bytes }
}
const idsOf = (items: readonly Item[]): string[] => items.map(({ id }) => bytesToHex(id)).toSorted()

test.each([
  [0, 0, 0],
  [0, 1, 0],
  [1, 0, 0],
  [0, 500, 0],
  [0, 5000, 0],
  [5000, 0, 0],
  [31, 31, 1],
  [32, 33, 100],
  [3, 5, 3000],
  [300, 200, 3000],
  [1, 1, 20_000]
])('%d only here, %d only there, %d in both: each is found', (here, there, both) => {
  for (const spread of [1, 10, 1e12]) {
    const [a, b, c] = [make(here, spread), make(there, spread), make(both, spread)]
    const { have, need } = run([...a, ...c], [...b, ...c])
    expect(have).toEqual(idsOf(a))
    expect(need).toEqual(idsOf(b))
  }
})

test('random sets of random sizes, in small messages', () => {
  for (let times = 0; times < 60; times++) {
    const size = (): number => Math.floor(random.fraction() ** 3 * 1500)
    const [a, b, c] = [make(size(), 1000), make(size(), 1000), make(size(), 1000)]
    const { have, need } = run([...a, ...c], [...b, ...c], 4096)
    expect(have).toEqual(idsOf(a))
    expect(need).toEqual(idsOf(b))
  }
})

test('equal sets cost one small exchange, one difference among many a few', () => {
  const both = make(20_000, 1e12)
  const same = run(both, both)
  expect(same.rounds).toBe(1)
  expect(same.bytes).toBeLessThan(1000)
  const one = run(both, [...both, ...make(1, 1e12)])
  expect(one.rounds).toBeLessThanOrEqual(4)
  expect(one.bytes).toBeLessThan(6000)
})

test('whatever comes in, it is answered or malformed', () => {
  const set = createItemSet(make(100, 1000))
  const honest = initiate(createItemSet(make(80, 1000)))
  for (let times = 0; times < 3000; times++) {
    const bytes = times % 2 === 0 ? random.bytes(Math.floor(random.fraction() * 200)) : honest.slice()
    if (bytes.length > 0) bytes[0] = 0x61
    for (let flips = 0; flips < 3 && bytes.length > 1; flips++) {
      bytes[1 + Math.floor(random.fraction() * (bytes.length - 1))] = Math.floor(random.fraction() * 256)
    }
    for (const take of [respond, reconcile]) {
      try {
        take(set, bytes, LIMIT)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
        expect((error as AppError).code).toBe('malformed')
      }
    }
  }
})
