/**
 * The cryptography under MLS, made of parts the app has anyway: HPKE by @hpke/core, AES-GCM by the browser, hashes and HKDF
 * in JavaScript (an epoch of a large group derives thousands of small keys; one asynchronous call each would cost seconds),
 * and our own strict Ed25519 (EN4). Structural types only: an MLS library's own names are not needed here.
 */
import { Aes128Gcm, Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256, HkdfSha512 } from '@hpke/core'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { concat } from '../../base/bytes.ts'
import type { Random } from '../../base/random.ts'
import { ed25519PublicKey, signRawEd25519, verifyRawEd25519Fast } from '../ed25519.ts'
import { equalSecrets } from '../hash.ts'
import type { MlsSuiteName } from './mls.ts'
import { createXWing } from './x-wing.ts'

type Public = CryptoKey & { type: 'public' }
type Private = CryptoKey & { type: 'private' }

/** A whole buffer: libraries read `.buffer`. */
const toBuffer = (bytes: Uint8Array): ArrayBuffer => concat(bytes).buffer

const gcm = async (use: 'encrypt' | 'decrypt', key: Uint8Array, options: AesGcmParams, data: Uint8Array) => {
  const { subtle } = globalThis.crypto
  const imported = await subtle.importKey('raw', toBuffer(key), 'AES-GCM', false, [use])
  return new Uint8Array(await subtle[use](options, imported, toBuffer(data)))
}
const gcmOptions = (nonce: Uint8Array, aad: Uint8Array = new Uint8Array()): AesGcmParams => ({
  name: 'AES-GCM',
  iv: toBuffer(nonce),
  additionalData: toBuffer(aad)
})

const createHpke = (suite: CipherSuite) => ({
  keyLength: suite.aead.keySize,
  nonceLength: suite.aead.nonceSize,
  seal: async (recipientPublicKey: Public, plaintext: Uint8Array, info: Uint8Array, aad = new Uint8Array()) => {
    const { ct, enc } = await suite.seal(
      { recipientPublicKey, info: toBuffer(info) },
      toBuffer(plaintext),
      toBuffer(aad)
    )
    return { ct: new Uint8Array(ct), enc: new Uint8Array(enc) }
  },
  open: async (
    recipientKey: Private,
    enc: Uint8Array,
    ciphertext: Uint8Array,
    info: Uint8Array,
    aad = new Uint8Array()
  ) =>
    new Uint8Array(
      await suite.open({ recipientKey, enc: toBuffer(enc), info: toBuffer(info) }, toBuffer(ciphertext), toBuffer(aad))
    ),
  exportSecret: async (recipientPublicKey: Public, context: Uint8Array, length: number, info: Uint8Array) => {
    const sender = await suite.createSenderContext({ recipientPublicKey, info: toBuffer(info) })
    return { enc: new Uint8Array(sender.enc), secret: new Uint8Array(await sender.export(toBuffer(context), length)) }
  },
  importSecret: async (
    recipientKey: Private,
    context: Uint8Array,
    enc: Uint8Array,
    length: number,
    info: Uint8Array
  ) => {
    const recipient = await suite.createRecipientContext({ recipientKey, enc: toBuffer(enc), info: toBuffer(info) })
    return new Uint8Array(await recipient.export(toBuffer(context), length))
  },
  importPrivateKey: async (key: Uint8Array) => (await suite.kem.deserializePrivateKey(toBuffer(key))) as Private,
  importPublicKey: async (key: Uint8Array) => (await suite.kem.deserializePublicKey(toBuffer(key))) as Public,
  exportPublicKey: async (key: Public) => new Uint8Array(await suite.kem.serializePublicKey(key)),
  exportPrivateKey: async (key: Private) => new Uint8Array(await suite.kem.serializePrivateKey(key)),
  deriveKeyPair: async (ikm: Uint8Array) => {
    const pair = await suite.kem.deriveKeyPair(toBuffer(ikm))
    return { privateKey: pair.privateKey as Private, publicKey: pair.publicKey as Public }
  },
  generateKeyPair: async () => {
    const pair = await suite.kem.generateKeyPair()
    return { privateKey: pair.privateKey as Private, publicKey: pair.publicKey as Public }
  },
  encryptAead: (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array | undefined, plaintext: Uint8Array) =>
    gcm('encrypt', key, gcmOptions(nonce, aad), plaintext),
  decryptAead: (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array | undefined, ciphertext: Uint8Array) =>
    gcm('decrypt', key, gcmOptions(nonce, aad), ciphertext)
})

/** The library's own, with key pairs from the chance that we are given. */
const createX25519 = (random: Random): DhkemX25519HkdfSha256 => {
  const kem = new DhkemX25519HkdfSha256()
  kem.generateKeyPair = () => kem.deriveKeyPair(toBuffer(random.bytes(32)))
  return kem
}

const SUITES = {
  'mls-xwing': {
    name: 'MLS_256_XWING_AES256GCM_SHA512_Ed25519',
    hash: sha512,
    size: 64,
    hpke: (random: Random) =>
      new CipherSuite({ kem: createXWing(random), kdf: new HkdfSha512(), aead: new Aes256Gcm() })
  },
  'mls-x25519': {
    name: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519',
    hash: sha256,
    size: 32,
    hpke: (random: Random) =>
      new CipherSuite({ kem: createX25519(random), kdf: new HkdfSha256(), aead: new Aes128Gcm() })
  }
} as const

export const createCiphersuite = (suite: MlsSuiteName, random: Random) => {
  const { name, hash, size, hpke } = SUITES[suite]
  return {
    name,
    hpke: createHpke(hpke(random)),
    kdf: {
      size,
      extract: async (salt: Uint8Array, ikm: Uint8Array) => extract(hash, ikm, salt),
      expand: async (key: Uint8Array, info: Uint8Array, length: number) => expand(hash, key, info, length)
    },
    hash: {
      digest: async (data: Uint8Array) => hash(data),
      mac: async (key: Uint8Array, data: Uint8Array) => hmac(hash, key, data),
      verifyMac: async (key: Uint8Array, mac: Uint8Array, data: Uint8Array) => equalSecrets(hmac(hash, key, data), mac)
    },
    signature: {
      sign: async (seed: Uint8Array, data: Uint8Array) => signRawEd25519(data, seed),
      verify: (key: Uint8Array, data: Uint8Array, signature: Uint8Array) => verifyRawEd25519Fast(data, signature, key),
      keygen: async () => {
        const signKey = random.bytes(32)
        return { signKey, publicKey: ed25519PublicKey(signKey) }
      }
    },
    rng: { randomBytes: (length: number) => random.bytes(length) }
  }
}
