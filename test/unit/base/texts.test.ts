/** Bytes as texts: known answers, and nothing that is not the one spelling. */
import { expect, test } from 'vitest'
import { base58ToBytes, bytesToBase58 } from '../../../src/base/base58.ts'
import { base64urlToBytes, bytesToBase64url, bytesToHex, hexToBytes, utf8 } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'

test.each([
  ['', ''],
  ['00', '1'],
  ['000000', '111'],
  ['61', '2g'],
  ['626262', 'a3gV'],
  ['00000000000000000000', '1111111111'],
  ['516b6fcd0f', 'ABnLTmg'],
  ['00eb15231dfceb60925886b67d065299925915aeb172c06647', '1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L']
])('base58 of %s is %s', (hex, text) => {
  expect(bytesToBase58(hexToBytes(hex))).toBe(text)
  expect(bytesToHex(base58ToBytes(text))).toBe(hex)
})

test('whatever goes into base58 and base64url comes out again', () => {
  const random = seededRandom(58)
  for (let size = 0; size < 70; size++) {
    const data = random.bytes(size)
    if (size > 3) data.fill(0, 0, size % 4)
    expect(base58ToBytes(bytesToBase58(data))).toEqual(data)
    expect(base64urlToBytes(bytesToBase64url(data))).toEqual(data)
  }
})

test.each(['0', 'O', 'I', 'l', 'a b', '1'.repeat(129)])('%s is no base58', (text) => {
  expect(() => base58ToBytes(text)).toThrow(expect.objectContaining({ code: 'malformed' }))
})

test('base64url has one spelling', () => {
  expect(bytesToBase64url(utf8('<<???>>'))).toBe('PDw_Pz8-Pg')
  for (const text of ['PDw_Pz8-Ph', 'QR', 'QUJ', 'A', 'QQ==', 'Q+', 'Q Q']) {
    expect(() => base64urlToBytes(text)).toThrow(expect.objectContaining({ code: 'malformed' }))
  }
})
