/**
 * The same algorithms by the library under Node where ours are written in JavaScript and synchronous: a world seals every
 * row of five devices. Whoever wants to see that nothing depends on it sets SIM_SLOW=1 and gets the same hash. Imports
 * nothing of what it replaces: that would be loaded before it can be.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  decapsulate,
  hash,
  type KeyObject,
  sign,
  verify
} from 'node:crypto'
import { concat, utf8 } from '../../src/base/bytes.ts'
import type { Domain } from '../../src/crypto/domains.ts'
import { rememberVerdict } from './verdicts.ts'
import type { Plant } from './plants.ts'

const TAG_BYTES = 16

const gcm = (key: Uint8Array, nonce: Uint8Array, aad?: Uint8Array) => {
  const name = key.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm'
  return {
    encrypt: (plain: Uint8Array): Uint8Array => {
      const cipher = createCipheriv(name, createSecretKey(key), nonce)
      if (aad !== undefined) cipher.setAAD(aad)
      return new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]))
    },
    decrypt: (sealed: Uint8Array): Uint8Array => {
      const at = sealed.length - TAG_BYTES
      const decipher = createDecipheriv(name, createSecretKey(key), nonce)
      if (aad !== undefined) decipher.setAAD(aad)
      decipher.setAuthTag(sealed.subarray(at))
      return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(0, at)), decipher.final()]))
    }
  }
}

const keys = new Map<string, KeyObject>()
const keyOf = (bytes: Uint8Array): KeyObject => {
  const x = Buffer.from(bytes).toString('base64url')
  const key = keys.get(x) ?? createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  keys.set(x, key)
  return key
}

/** What stands before raw keys in SPKI and before seeds in PKCS #8 (RFC 8410, 9881, 9935). */
const ED25519_SEED = Buffer.from('302e020100300506032b657004220420', 'hex')
const ML_KEM_SEED = Buffer.from('3054020100300b060960864801650304040204428040', 'hex')
const ML_DSA_KEY = Buffer.from('308207b2300b0609608648016503040312038207a100', 'hex')
const ML_KEM_PUBLIC_BYTES = 1184
const ML_DSA_PUBLIC_BYTES = 1952

const privateKeys = new Map<string, KeyObject>()
/** Seeds of devices and accounts come again and again; those of one message do not. */
const privateKeyOf = (prefix: Uint8Array, seed: Uint8Array): KeyObject => {
  const der = Buffer.concat([prefix, seed])
  const name = der.toString('base64')
  const key = privateKeys.get(name) ?? createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  if (privateKeys.size > MOST_KEYS) privateKeys.clear()
  privateKeys.set(name, key)
  return key
}
const MOST_KEYS = 4096

const publicPart = (key: KeyObject, size: number): Uint8Array =>
  new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-size))

const mac = (algorithm: string, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array => {
  const made = createHmac(algorithm, createSecretKey(key))
  for (const part of parts) made.update(part)
  return new Uint8Array(made.digest())
}

/** RFC 5869. */
const extract = (algorithm: string, secret: Uint8Array, salt: Uint8Array | undefined): Uint8Array =>
  mac(algorithm, salt ?? new Uint8Array(), secret)
const expand = (algorithm: string, key: Uint8Array, info: Uint8Array = new Uint8Array(), size: number): Uint8Array => {
  let done: Uint8Array = new Uint8Array()
  let block: Uint8Array = new Uint8Array()
  for (let count = 1; done.length < size; count++) {
    block = mac(algorithm, key, block, info, Uint8Array.of(count))
    done = concat(done, block)
  }
  return done.slice(0, size)
}
interface NobleHash {
  readonly outputLen: number
}
const nameOf = ({ outputLen }: NobleHash): string => {
  if (outputLen === 32) return 'sha256'
  if (outputLen === 64) return 'sha512'
  throw new TypeError(`a hash of ${outputLen} bytes`)
}

type IsSound = (point: Uint8Array) => boolean

/** EN4 as the app's own native form does it: strict points, and then the platform. */
const verifyRaw =
  (isSoundPoint: IsSound) =>
  (data: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean => {
    if (signature.length !== 64 || publicKey.length !== 32) return false
    if (!isSoundPoint(publicKey) || !isSoundPoint(signature.subarray(0, 32))) return false
    return rememberVerdict(data, signature, publicKey, () => {
      try {
        return verify(null, data, keyOf(publicKey), signature)
      } catch {
        return false // no point on the curve
      }
    })
  }

/** EN2. */
const inDomain = (domain: Domain, data: Uint8Array): Uint8Array => concat(utf8(domain), Uint8Array.of(0), data)

const signRaw = (data: Uint8Array, seed: Uint8Array): Uint8Array =>
  new Uint8Array(sign(null, data, privateKeyOf(ED25519_SEED, seed)))

const verifyMlDsa = (data: Uint8Array, signature: Uint8Array, publicKey: Uint8Array, context: Uint8Array): boolean => {
  if (publicKey.length !== ML_DSA_PUBLIC_BYTES) return false
  return rememberVerdict(data, signature, publicKey, () => {
    const key = Buffer.concat([ML_DSA_KEY, publicKey])
    return verify(null, data, { key: createPublicKey({ key, format: 'der', type: 'spki' }), context }, signature)
  })
}

export const swift: Plant = {
  what: 'nothing is wrong, it is only faster',
  replaces: {
    'node_modules/@noble/ciphers/aes.js': ['gcm'],
    'node_modules/@noble/hashes/hkdf.js': ['expand', 'extract'],
    'src/crypto/hash.ts': ['hkdf', 'hmac', 'sha256'],
    'src/crypto/ml-dsa.ts': ['verifyMlDsa'],
    'src/crypto/ml-kem.ts': ['mlKemPublicKey', 'openMlKem'],
    'src/crypto/ed25519.ts': ['ed25519PublicKey', 'signEd25519', 'signRawEd25519', 'verifyEd25519', 'verifyRawEd25519']
  },
  make: (file, real) => {
    if (file.endsWith('aes.js')) return { gcm }
    if (file.endsWith('hkdf.js')) {
      return {
        extract: (by: NobleHash, secret: Uint8Array, salt?: Uint8Array) => extract(nameOf(by), secret, salt),
        expand: (by: NobleHash, key: Uint8Array, info: Uint8Array | undefined, size = by.outputLen) =>
          expand(nameOf(by), key, info, size)
      }
    }
    if (file.endsWith('hash.ts')) {
      return {
        sha256: (data: Uint8Array) => new Uint8Array(hash('sha256', data, 'buffer')),
        hmac: (key: Uint8Array, data: Uint8Array) => mac('sha256', key, data),
        hkdf: (secret: Uint8Array, info: Uint8Array | string, size: number, salt?: Uint8Array) =>
          expand('sha256', extract('sha256', secret, salt), typeof info === 'string' ? utf8(info) : info, size)
      }
    }
    if (file.endsWith('ml-dsa.ts')) return { verifyMlDsa }
    if (file.endsWith('ml-kem.ts')) {
      return {
        mlKemPublicKey: (seed: Uint8Array) => publicPart(privateKeyOf(ML_KEM_SEED, seed), ML_KEM_PUBLIC_BYTES),
        openMlKem: (seed: Uint8Array, sealed: Uint8Array) =>
          new Uint8Array(decapsulate(privateKeyOf(ML_KEM_SEED, seed), sealed))
      }
    }
    const raw = verifyRaw(real['isSoundPoint'] as unknown as IsSound)
    return {
      ed25519PublicKey: (seed: Uint8Array) => publicPart(privateKeyOf(ED25519_SEED, seed), 32),
      signRawEd25519: signRaw,
      signEd25519: (domain: Domain, data: Uint8Array, seed: Uint8Array) => signRaw(inDomain(domain, data), seed),
      verifyRawEd25519: raw,
      verifyEd25519: (domain: Domain, data: Uint8Array, signature: Uint8Array, publicKey: Uint8Array) =>
        raw(inDomain(domain, data), signature, publicKey)
    }
  }
}
