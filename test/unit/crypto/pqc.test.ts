/**
 * Proof that messages are sealed with ML-KEM-768 + X25519 as draft-ietf-openpgp-pqc says (§4.2): the session key of one of
 * our messages is recovered here with OpenSSL's primitives and the draft's key combiner, without the OpenPGP library.
 */
import {
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman
} from 'node:crypto'
import { decryptSessionKeys, enums, readMessage } from 'openpgp'
import { beforeAll, expect, test } from 'vitest'
import { concat, utf8 } from '../../../src/base/bytes.ts'
import { readSecret } from '../../../src/crypto/pgp-keys.ts'
import { createPgpV6 } from '../../../src/crypto/suites/pgp-v6.ts'
import { type Known, meet, NOW } from './people.ts'

let alice: Known
let bob: Known
beforeAll(async () => {
  alice = await meet()
  bob = await meet()
})

const PQC = 35
const X25519_PUBLIC = Buffer.from('302a300506032b656e032100', 'hex')
const X25519_SECRET = Buffer.from('302e020100300506032b656e04220420', 'hex')
/** PKCS #8 of an ML-KEM-768 key in its 64-byte seed form. */
const ML_KEM_SECRET = Buffer.from('3054020100300b060960864801650304040204428040', 'hex')

const publicKey = (raw: Uint8Array) =>
  createPublicKey({ key: Buffer.concat([X25519_PUBLIC, raw]), format: 'der', type: 'spki' })
const secretKey = (prefix: Buffer, raw: Uint8Array) =>
  createPrivateKey({ key: Buffer.concat([prefix, raw]), format: 'der', type: 'pkcs8' })

/** RFC 3394 with a 256-bit key. */
const unwrap = (key: Uint8Array, wrapped: Uint8Array): Uint8Array => {
  const cipher = createDecipheriv('id-aes256-wrap', key, Buffer.alloc(8, 0xa6))
  return new Uint8Array(Buffer.concat([cipher.update(wrapped), cipher.final()]))
}

test('OpenSSL recovers the session key that the library recovers', async () => {
  const { secretKey: secret, device } = alice.account
  const suite = createPgpV6({ secretKey: secret, signing: device.signing, device: device.id })
  const { state } = await suite.create({
    group: new Uint8Array(32),
    generation: 0,
    members: [alice.member, bob.member]
  })
  const { sealed } = await suite.seal(state, utf8('see you at six'), NOW)

  const message = await readMessage({ binaryMessage: new Uint8Array(sealed) })
  const [packet] = message.packets.filterByTag(enums.packet.publicKeyEncryptedSessionKey)
  const { encrypted } = packet as unknown as {
    encrypted: { eccCipherText: Uint8Array; mlkemCipherText: Uint8Array; C: { wrappedKey: Uint8Array } }
  }
  const own = await readSecret(bob.account.secretKey)
  const { keyPacket } = own.key.subkeys.find((one) => Number(one.keyPacket.algorithm) === PQC)!
  const { privateParams, publicParams } = keyPacket as unknown as {
    privateParams: { eccSecretKey: Uint8Array; mlkemSeed: Uint8Array }
    publicParams: { eccPublicKey: Uint8Array }
  }

  const mlkemShare = decapsulate(secretKey(ML_KEM_SECRET, privateParams.mlkemSeed), encrypted.mlkemCipherText)
  const eccShare = diffieHellman({
    privateKey: secretKey(X25519_SECRET, privateParams.eccSecretKey),
    publicKey: publicKey(encrypted.eccCipherText)
  })
  const label = utf8('OpenPGPCompositeKDFv1')
  const kek = createHash('sha3-256')
    .update(
      concat(
        mlkemShare,
        eccShare,
        encrypted.eccCipherText,
        publicParams.eccPublicKey,
        Uint8Array.of(PQC),
        label,
        Uint8Array.of(label.length)
      )
    )
    .digest()
  const sessionKey = unwrap(kek, encrypted.C.wrappedKey)
  const [theirs] = await decryptSessionKeys({ message, decryptionKeys: own.key })
  expect(sessionKey).toEqual(theirs?.data)
  expect(sessionKey).toHaveLength(32)
})
