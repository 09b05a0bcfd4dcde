import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { assert, property, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import { base58ToBytes, bytesToBase58 } from '../../../src/base/base58.ts'
import { hexToBytes, utf8 } from '../../../src/base/bytes.ts'
import { deviceIdFromKey, keyFromDeviceId } from '../../../src/crypto/device-id.ts'
import { didFromKey, keyFromDid } from '../../../src/crypto/did.ts'
import { ed25519PublicKey } from '../../../src/crypto/ed25519.ts'

/** The Ed25519 examples of the did:key specification. */
const VECTORS = [
  ['did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp', '00'.repeat(32)],
  ['did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG', `${'00'.repeat(31)}01`],
  ['did:key:z6MknGc3ocHs3zdPiJbnaaqDi58NGb4pk1Sp9WxWufuXSdxf', `${'00'.repeat(31)}02`]
] as const

test.each(VECTORS)('ID2 %s is the did of its key', (did, seed) => {
  const key = ed25519PublicKey(hexToBytes(seed))
  expect(didFromKey(key)).toBe(did)
  expect(keyFromDid(did)).toEqual(key)
})

test.each([
  'did:web:example.org',
  'did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc', // X25519
  'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW0', // 0 is not in the alphabet
  'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp#z6Mk',
  `did:key:z${'6'.repeat(500)}`,
  ''
])('%s is malformed', (did) => {
  expect(() => keyFromDid(did)).toThrow(expect.objectContaining({ code: 'malformed' }))
})

test('ID6 a device id is the PeerId that libp2p makes of the key', async () => {
  for (const fill of [0, 1, 77, 255]) {
    const seed = new Uint8Array(32).fill(fill)
    const id = peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', seed)).toString()
    expect(deviceIdFromKey(ed25519PublicKey(seed))).toBe(id)
    expect(keyFromDeviceId(id)).toEqual(ed25519PublicKey(seed))
  }
})

test('PeerIds of other keys are malformed', () => {
  for (const id of [
    'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
    '16Uiu2HAmQCK6GBwTpRfVyGjLfWkP2Ymp3ajk7JgXGKRjW3bJPUu1',
    ''
  ]) {
    expect(() => keyFromDeviceId(id)).toThrow(expect.objectContaining({ code: 'malformed' }))
  }
})

test('base58 knows the vectors of its draft and loses nothing', () => {
  expect(bytesToBase58(utf8('Hello World!'))).toBe('2NEpo7TZRRrLZSi2U')
  expect(bytesToBase58(hexToBytes('0000287fb4cd'))).toBe('11233QC4')
  assert(
    property(uint8Array({ maxLength: 80 }), (data) => {
      expect(base58ToBytes(bytesToBase58(data))).toEqual(data)
    })
  )
})
