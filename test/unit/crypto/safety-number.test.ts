import { beforeAll, expect, test } from 'vitest'
import { checkSafetyCode, safetyCode, safetyNumber } from '../../../src/crypto/safety-number.ts'
import { type Known, meet, random } from './people.ts'

let alice: Known
let bob: Known
beforeAll(async () => {
  alice = await meet()
  bob = await meet()
})

test('ID7 both see the same 60 digits in groups of five', () => {
  const number = safetyNumber(alice.account, bob.account)
  expect(number).toMatch(/^(\d{5} ){11}\d{5}$/)
  expect(safetyNumber(bob.document, alice.document)).toBe(number)
})

const fixed = (fill: number) => ({ didKey: new Uint8Array(32).fill(fill), roots: new Uint8Array(32).fill(fill + 1) })

test('ID7 the number never changes by itself', () => {
  expect(safetyNumber(fixed(1), fixed(5))).toMatchInlineSnapshot(
    `"39281 36272 15905 39755 09045 21900 87972 93586 71128 59938 44422 75428"`
  )
})

test('ID7 other roots give another number', () => {
  const number = safetyNumber(alice.account, bob.account)
  expect(safetyNumber(alice.account, { ...bob.account, roots: random.bytes(32) })).not.toBe(number)
  expect(safetyNumber(alice.account, { ...bob.account, didKey: random.bytes(32) })).not.toBe(number)
})

test('ID7 a scanned code matches only from the right screen', () => {
  const shown = safetyCode(bob.account, alice.account)
  expect(checkSafetyCode(shown, alice.account, bob.account)).toBe('match')
  expect(checkSafetyCode(` ${shown}\n`, alice.account, bob.account)).toBe('match')
  expect(checkSafetyCode(safetyCode(alice.account, bob.account), alice.account, bob.account)).toBe('mismatch')
  expect(
    checkSafetyCode(safetyCode({ ...bob.account, roots: random.bytes(32) }, alice.account), alice.account, bob.account)
  ).toBe('mismatch')
  for (const code of ['', 'https://example.org', shown.slice(0, -4), `${shown}AAAA`]) {
    expect(checkSafetyCode(code, alice.account, bob.account)).toBe('malformed')
  }
})
