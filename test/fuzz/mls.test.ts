/** Whatever bytes come as a message, commit, Welcome, tree or key package: an AppError of the expected kinds, and soon. */
import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { concat } from '../../src/base/bytes.ts'
import { AppError } from '../../src/base/errors.ts'
import type { Committed } from '../../src/crypto/mls/mls.ts'
import { commitNote, mlsWelcome } from '../../src/wire/mls.ts'
import { allow, type Device, NOTHING, NOW, setTable, type Table, trusting } from '../unit/crypto/mls/devices.ts'

const REFUSALS = ['malformed', 'untrusted', 'undecryptable', 'conflict', 'not-ready', 'not-found']

let table: Table
let carol: Device
let made: Committed
let sealed: Uint8Array

beforeAll(async () => {
  table = await setTable('mls-x25519', 77, 3)
  const { mls, seats, device } = table
  carol = await device('carol')
  made = await mls.commit(seats[0]!.epoch, {
    add: [carol.keys.keyPackage],
    remove: [2],
    aad: NOTHING,
    check: trusting,
    now: NOW
  })
  sealed = (await mls.seal(seats[0]!.epoch, new Uint8Array(50), NOTHING)).sealed
})

/** Bytes of one of ours with a piece cut out, changed, doubled or put in. */
const spoilt = fc.record({ at: fc.nat(), length: fc.nat({ max: 40 }), put: fc.uint8Array({ maxLength: 8 }) })
const spoil = (data: Uint8Array, { at, length, put }: { at: number; length: number; put: Uint8Array }): Uint8Array => {
  const from = at % data.length
  return concat(data.subarray(0, from), put, data.subarray(from + length))
}
const same = (a: Uint8Array, b: Uint8Array): boolean => String(a) === String(b)

const refused = async (work: Promise<unknown>): Promise<void> => {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause
  )
  expect(error).toBeInstanceOf(AppError)
  expect(REFUSALS).toContain((error as AppError).code)
}

const join = (welcome: Uint8Array, tree: Uint8Array): Promise<unknown> =>
  table.mls.join({ welcome, tree, keys: carol.keys, own: carol.own, check: trusting, now: NOW })

const runs = { numRuns: 150 }

test('a spoilt message, commit, Welcome, tree or key package is refused', { timeout: 120_000 }, async () => {
  const { mls, seats } = table
  const { epoch } = seats[1]!
  const { welcome = NOTHING, tree = NOTHING, commit } = made
  await fc.assert(
    fc.asyncProperty(spoilt, async (how) => {
      const message = spoil(sealed, how)
      if (!same(message, sealed)) await refused(mls.open(epoch, message))
      const change = spoil(commit, how)
      if (!same(change, commit)) await refused(mls.process(epoch, change, allow))
      const greeting = spoil(welcome, how)
      if (!same(greeting, welcome)) await refused(join(greeting, tree))
      const forest = spoil(tree, how)
      if (!same(forest, tree)) await refused(join(welcome, forest))
      const keyPackage = spoil(carol.keys.keyPackage, how)
      if (!same(keyPackage, carol.keys.keyPackage)) await refused(mls.readKeyPackage(keyPackage))
    }),
    runs
  )
})

test('arbitrary bytes are malformed, whatever they are taken for', async () => {
  const { mls, seats } = table
  const { epoch } = seats[1]!
  const malformed = { code: 'malformed' }
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (data) => {
      await expect(mls.open(epoch, data)).rejects.toMatchObject(malformed)
      await expect(mls.process(epoch, data, allow)).rejects.toMatchObject(malformed)
      await expect(mls.readKeyPackage(data)).rejects.toMatchObject(malformed)
      await expect(join(data, made.tree ?? NOTHING)).rejects.toMatchObject(malformed)
      for (const decode of [mls.peek, mls.loadPast, mlsWelcome.decode, commitNote.decode]) {
        expect(() => decode(data)).toThrow(AppError)
      }
    }),
    runs
  )
})
