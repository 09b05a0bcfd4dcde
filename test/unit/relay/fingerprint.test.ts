import { expect, test } from 'vitest'
import { certificateCreated, rootFingerprint } from '../../../relay/fingerprint.ts'
import { hexToBytes } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { makeAccount } from '../../../src/crypto/account.ts'

test('RFC 9580 A.3: the fingerprint of the sample version 6 key', () => {
  const key = hexToBytes('f94da7bb48d60a61e567706a6587d0331999bb9d891a08242ead84543df895a3')
  const expected = 'cb186c4f0609a697e4d52dfa6c722b0c1f1e27c18a56708f6525ec27bad9acc9'
  expect(rootFingerprint(0x63877fe3, key)).toEqual(hexToBytes(expected))
})

test('it is the one that OpenPGP computes for our own accounts', async () => {
  const account = await makeAccount({
    random: seededRandom(1),
    now: 1_790_000_000_000,
    deviceSeed: new Uint8Array(32).fill(5)
  })
  const created = certificateCreated(account.certificate, account.didKey) ?? 0
  expect(rootFingerprint(created, account.didKey)).toEqual(account.fingerprint)
  expect(certificateCreated(account.certificate, new Uint8Array(32))).toBeUndefined()
  expect(certificateCreated(account.certificate.subarray(0, 20), account.didKey)).toBeUndefined()
})
