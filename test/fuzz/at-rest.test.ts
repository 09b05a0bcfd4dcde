/** Whatever bytes lie where a keyring, a row or a backup should be: an AppError of the expected kinds, and soon. */
import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { concat, utf8 } from '../../src/base/bytes.ts'
import { AppError } from '../../src/base/errors.ts'
import { seededRandom } from '../../src/base/random.ts'
import { openRow, sealRow } from '../../src/crypto/at-rest.ts'
import { readBackup, writeBackup } from '../../src/crypto/backup.ts'
import { type AtRestKeys, createKeyring, listOpeners, type Opener, unlockKeyring } from '../../src/crypto/keyring.ts'
import { sha256 } from '../../src/crypto/hash.ts'
import { scaled } from '../long.ts'
import { CHEAP, CHEAP_BOUNDS } from '../unit/crypto/costs.ts'

const random = seededRandom(34)
const opener: Opener = { kind: 'passphrase', passphrase: 'fuzz' }
const place = { table: 'messages', key: 'm', schema: 1 }
const runs = { numRuns: scaled(300, 20_000) }
const CODES = ['malformed', 'too-large', 'needs-newer', 'untrusted', 'not-found']

let ring: Uint8Array
let keys: AtRestKeys
let row: Uint8Array
let file: Uint8Array

beforeAll(async () => {
  const made = await createKeyring(opener, { random, cost: CHEAP, bounds: CHEAP_BOUNDS })
  ring = made.keyring
  keys = made.keys
  row = sealRow(keys, place, utf8('row'), random)
  const pieces: Uint8Array[] = []
  const parts = [{ section: 'history' as const, data: utf8('part') }]
  for await (const piece of writeBackup({
    passphrase: 'fuzz',
    parts,
    made: 1,
    random,
    cost: CHEAP,
    bounds: CHEAP_BOUNDS
  })) {
    pieces.push(piece)
  }
  file = concat(...pieces)
})

const readAll = async (data: Uint8Array): Promise<void> => {
  for await (const part of readBackup({ passphrase: 'fuzz', source: [data], bounds: CHEAP_BOUNDS })) {
    expect(part.section).toBe('history')
  }
}
const refused = async (work: Promise<unknown>): Promise<void> => {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause
  )
  expect(error).toBeInstanceOf(AppError)
  expect(CODES).toContain((error as AppError).code)
}

/** A piece cut out, changed, doubled or put in. */
const spoilt = fc.record({ at: fc.nat(), length: fc.nat({ max: 40 }), put: fc.uint8Array({ maxLength: 8 }) })
const spoil = (data: Uint8Array, how: { at: number; length: number; put: Uint8Array }): Uint8Array => {
  const from = how.at % data.length
  return concat(data.subarray(0, from), how.put, data.subarray(from + how.length))
}
const isSame = (a: Uint8Array, b: Uint8Array): boolean => String(a) === String(b)

test('a spoilt keyring, row or backup is refused', async () => {
  await fc.assert(
    fc.asyncProperty(spoilt, async (how) => {
      const badRing = spoil(ring, how)
      if (!isSame(badRing, ring)) await refused(unlockKeyring(badRing, opener, CHEAP_BOUNDS))
      const badRow = spoil(row, how)
      if (!isSame(badRow, row)) await refused(openRow(keys, place, badRow))
      const badFile = spoil(file, how)
      if (!isSame(badFile, file)) await refused(readAll(badFile))
    }),
    runs
  )
})

test('arbitrary bytes are refused, a well-framed head of them too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 250 }), async (data) => {
      expect(() => listOpeners(data)).toThrow(AppError)
      await refused(openRow(keys, place, data))
      await refused(readAll(data))
      await refused(readAll(concat(file.subarray(0, 16), Uint8Array.of(0, 0, 0, data.length), data, sha256(data))))
    }),
    runs
  )
})
