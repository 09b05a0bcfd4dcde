/** The draft's first test vector (draft-connolly-cfrg-xwing-kem): key seed, chance of the sender, shared secret. */
import { expect, test } from 'vitest'
import { bytesToHex, hexToBytes } from '../../../../src/base/bytes.ts'
import { seededRandom } from '../../../../src/base/random.ts'
import { sha256 } from '../../../../src/crypto/hash.ts'
import { createXWing } from '../../../../src/crypto/mls/x-wing.ts'

const KEY = '7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26'
const CHANCE =
  '3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2'
const SECRET = 'd2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384'
/** SHA-256 of what another implementation makes of the same seeds. */
const PUBLIC_KEY_HASH = '2e816deebcd76c5c80d0cd2d174478871658e8e2ff42bc9d4a6e486372e856bb'
const SEALED_HASH = '17cd532d657e44c897ca6583e548a5424fc70bf54f99515a4d2bcf99e3469f33'

const hex = (data: ArrayBuffer): string => bytesToHex(new Uint8Array(data))

test('X-Wing is the draft’s, in both directions', async () => {
  const seed = hexToBytes(KEY)
  const kem = createXWing({ bytes: () => seed, fraction: () => 0 })
  const { publicKey } = await kem.generateKeyPair()
  expect(bytesToHex(sha256(new Uint8Array(await kem.serializePublicKey(publicKey))))).toBe(PUBLIC_KEY_HASH)
  const { sharedSecret, enc } = await kem.encap({ recipientPublicKey: publicKey, ekm: hexToBytes(CHANCE).buffer })
  expect(hex(sharedSecret)).toBe(SECRET)
  expect(bytesToHex(sha256(new Uint8Array(enc)))).toBe(SEALED_HASH)
  const recipientKey = await kem.deserializePrivateKey(seed)
  expect(hex(await kem.decap({ recipientKey, enc }))).toBe(SECRET)
})

test('keys and sealed secrets of a wrong length are refused', async () => {
  const kem = createXWing(seededRandom(1))
  await expect(kem.deserializePublicKey(new Uint8Array(1215))).rejects.toThrow(TypeError)
  await expect(kem.deserializePrivateKey(new Uint8Array(31))).rejects.toThrow(TypeError)
  const { privateKey } = await kem.generateKeyPair()
  await expect(kem.decap({ recipientKey: privateKey, enc: new ArrayBuffer(1119) })).rejects.toThrow(TypeError)
})
