/**
 * X-Wing (ML-KEM-768 with X25519) as a KEM for HPKE. A private key is its 32-byte seed; the shared secret hashes both
 * halves, so it stands as long as one of them does. X25519 is the browser's own where it has it: in JavaScript it costs
 * more than ML-KEM.
 */
import type { KemInterface } from '@hpke/core'
import { x25519 } from '@noble/curves/ed25519.js'
import { sha3_256, shake256 } from '@noble/hashes/sha3.js'
import { concat, utf8 } from '../../base/bytes.ts'
import type { Random } from '../../base/random.ts'
import { mlKemPublicKey, openMlKem, sealMlKem } from '../ml-kem.ts'

const SEED_BYTES = 32
const PUBLIC_BYTES = 1184 + 32
const SEALED_BYTES = 1088 + 32
const LABEL = utf8('\\.//^\\')
/** HPKE's registered number. */
const X_WING = 0x647a

/** A CryptoKey in shape only: HPKE hands keys around, nobody but this file looks inside. */
interface WingKey extends CryptoKey {
  readonly bytes: Uint8Array
}
const toKey = (type: 'public' | 'private', bytes: Uint8Array): WingKey => ({
  type,
  bytes,
  algorithm: { name: 'X-Wing' },
  extractable: true,
  usages: []
})
const bytesOf = (key: CryptoKey): Uint8Array => (key as WingKey).bytes
const toBuffer = (bytes: Uint8Array): ArrayBuffer => concat(bytes).buffer
const toBytes = (data: ArrayBufferLike | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
const ofSize = (data: ArrayBufferLike | ArrayBufferView, size: number): Uint8Array => {
  const bytes = concat(toBytes(data))
  if (bytes.length !== size) throw new TypeError(`X-Wing: ${bytes.length} bytes instead of ${size}`)
  return bytes
}

/** The private keys of both halves. */
const expand = (seed: Uint8Array): { readonly m: Uint8Array; readonly x: Uint8Array } => {
  const expanded = shake256(seed, { dkLen: 96 })
  return { m: expanded.slice(0, 64), x: expanded.slice(64) }
}

const combine = (m: Uint8Array, x: Uint8Array, sentX: Uint8Array, publicX: Uint8Array): ArrayBuffer =>
  toBuffer(sha3_256(concat(m, x, sentX, publicX, LABEL)))

/** RFC 8410: what stands before a raw X25519 private key in PKCS #8. */
const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20)

const deriveNative = async (secret: Uint8Array, other: Uint8Array): Promise<Uint8Array> => {
  const { subtle } = globalThis.crypto
  const [privateKey, publicKey] = await Promise.all([
    subtle.importKey('pkcs8', concat(PKCS8, secret), 'X25519', false, ['deriveBits']),
    subtle.importKey('raw', concat(other), 'X25519', false, [])
  ])
  return new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: publicKey }, privateKey, 256))
}

const BASE = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 9 : 0))
let hasNative: Promise<boolean> | undefined
const tryNative = async (): Promise<boolean> => {
  try {
    return (await deriveNative(new Uint8Array(32).fill(7), BASE)).length === 32
  } catch {
    // an older browser without X25519 in WebCrypto: the slow way does it
    return false
  }
}

const derive = async (secret: Uint8Array, other: Uint8Array): Promise<Uint8Array> => {
  hasNative ??= tryNative()
  return (await hasNative) ? await deriveNative(secret, other) : x25519.getSharedSecret(secret, other)
}

const publicOf = async (seed: Uint8Array): Promise<Uint8Array> => {
  const { m, x } = expand(seed)
  return concat(mlKemPublicKey(m), await derive(x, BASE))
}

const pairOf = async (seed: Uint8Array): Promise<CryptoKeyPair> => ({
  privateKey: toKey('private', seed),
  publicKey: toKey('public', await publicOf(seed))
})

export const createXWing = (random: Random): KemInterface => ({
  id: X_WING,
  secretSize: 32,
  encSize: SEALED_BYTES,
  publicKeySize: PUBLIC_BYTES,
  privateKeySize: SEED_BYTES,
  serializePublicKey: async (key) => toBuffer(bytesOf(key)),
  deserializePublicKey: async (data) => toKey('public', ofSize(data, PUBLIC_BYTES)),
  serializePrivateKey: async (key) => toBuffer(bytesOf(key)),
  deserializePrivateKey: async (data) => toKey('private', ofSize(data, SEED_BYTES)),
  importKey: async (_format, data, isPublic = true) => {
    if (!(data instanceof ArrayBuffer)) throw new TypeError('X-Wing: raw keys only')
    return isPublic ? toKey('public', ofSize(data, PUBLIC_BYTES)) : toKey('private', ofSize(data, SEED_BYTES))
  },
  generateKeyPair: () => pairOf(random.bytes(SEED_BYTES)),
  deriveKeyPair: (ikm) => pairOf(shake256(toBytes(ikm), { dkLen: SEED_BYTES })),
  encap: async ({ recipientPublicKey, ekm }) => {
    const whole = bytesOf(recipientPublicKey)
    const publicX = whole.slice(1184)
    const chance = ekm instanceof ArrayBuffer ? ofSize(ekm, 64) : random.bytes(64)
    const secretX = chance.slice(32)
    const m = sealMlKem(whole.slice(0, 1184), chance.slice(0, 32))
    const [sentX, x] = await Promise.all([derive(secretX, BASE), derive(secretX, publicX)])
    return {
      sharedSecret: combine(m.shared, x, sentX, publicX),
      enc: toBuffer(concat(m.sealed, sentX))
    }
  },
  decap: async ({ recipientKey, enc }) => {
    const seed = bytesOf('privateKey' in recipientKey ? recipientKey.privateKey : recipientKey)
    const sent = ofSize(enc, SEALED_BYTES)
    const sentX = sent.slice(1088)
    const { m, x } = expand(seed)
    const [publicX, sharedX] = await Promise.all([derive(x, BASE), derive(x, sentX)])
    return combine(openMlKem(m, sent.slice(0, 1088)), sharedX, sentX, publicX)
  }
})
