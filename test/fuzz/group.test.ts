/** A member body with bytes changed, cut or added: a value or a refusal of the three kinds. The shapes alone: `wire.test.ts`. */
import { assert, nat, property, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import { concat } from '../../src/base/bytes.ts'
import { AppError } from '../../src/base/errors.ts'
import { memberBody, readMemberBody } from '../../src/wire/group.ts'
import { scaled } from '../long.ts'

const ALLOWED = ['malformed', 'too-large', 'needs-newer']
const key = new Uint8Array(32).fill(7)
const good = memberBody.encode({
  version: 1,
  after: [key, key],
  remove: { accounts: [key], cuts: [{ account: key, device: key, counter: 300 }] }
})

test('any bytes near a member body are one, with one thing said, or refused', () => {
  assert(
    property(nat(good.length), uint8Array({ maxLength: 4 }), nat(6), (at, put, cut) => {
      const data = concat(good.subarray(0, at), put, good.subarray(at + cut))
      try {
        const { version: _, after: __, ...said } = readMemberBody(data)
        expect(Object.keys(said)).toHaveLength(1)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
        expect(ALLOWED).toContain((error as AppError).code)
      }
    }),
    { numRuns: scaled(3_000, 30_000) }
  )
})
