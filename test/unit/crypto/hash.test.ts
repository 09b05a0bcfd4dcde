import { expect, test } from 'vitest'
import { hexToBytes, utf8 } from '../../../src/base/bytes.ts'
import { equalSecrets, hkdf, hmac, sha256 } from '../../../src/crypto/hash.ts'

test('SHA-256 of "abc" is that of FIPS 180-4', () => {
  expect(sha256(utf8('abc'))).toEqual(hexToBytes('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'))
})

test('HMAC-SHA-256 is that of RFC 4231, case 2', () => {
  expect(hmac(utf8('Jefe'), utf8('what do ya want for nothing?'))).toEqual(
    hexToBytes('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843')
  )
})

test('HKDF is that of RFC 5869, cases 1 and 3', () => {
  const secret = new Uint8Array(22).fill(0x0b)
  const salt = hexToBytes('000102030405060708090a0b0c')
  expect(hkdf(secret, hexToBytes('f0f1f2f3f4f5f6f7f8f9'), 42, salt)).toEqual(
    hexToBytes('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865')
  )
  expect(hkdf(secret, new Uint8Array(), 42)).toEqual(
    hexToBytes('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8')
  )
})

test('secrets are equal only when every byte is', () => {
  const secret = utf8('0123456789abcdef')
  expect(equalSecrets(secret, utf8('0123456789abcdef'))).toBe(true)
  expect(equalSecrets(secret, utf8('0123456789abcdeF'))).toBe(false)
  expect(equalSecrets(secret, utf8('1123456789abcdef'))).toBe(false)
  expect(equalSecrets(secret, utf8('0123456789abcde'))).toBe(false)
})
