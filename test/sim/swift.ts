/**
 * The same algorithms by the library under Node where ours are written in JavaScript and synchronous: a world seals every
 * row of five devices. Whoever wants to see that nothing depends on it sets SIM_SLOW=1 and gets the same hash.
 */
import { createCipheriv, createDecipheriv, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { Domain } from '../../src/crypto/domains.ts'
import { inDomain } from '../../src/crypto/hash.ts'
import type { Plant } from './plants.ts'

const TAG_BYTES = 16

const gcm = (key: Uint8Array, nonce: Uint8Array, aad?: Uint8Array) => {
  const name = key.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm'
  return {
    encrypt: (plain: Uint8Array): Uint8Array => {
      const cipher = createCipheriv(name, key, nonce)
      if (aad !== undefined) cipher.setAAD(aad)
      return new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]))
    },
    decrypt: (sealed: Uint8Array): Uint8Array => {
      const at = sealed.length - TAG_BYTES
      const decipher = createDecipheriv(name, key, nonce)
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

type IsSound = (point: Uint8Array) => boolean

/** EN4 as the app's own native form does it: strict points, and then the platform. */
const verifyRaw =
  (isSoundPoint: IsSound) =>
  (data: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean => {
    if (signature.length !== 64 || publicKey.length !== 32) return false
    if (!isSoundPoint(publicKey) || !isSoundPoint(signature.subarray(0, 32))) return false
    try {
      return verify(null, data, keyOf(publicKey), signature)
    } catch {
      return false // no point on the curve
    }
  }

export const swift: Plant = {
  what: 'nothing is wrong, it is only faster',
  replaces: {
    'node_modules/@noble/ciphers/aes.js': ['gcm'],
    'src/crypto/ed25519.ts': ['verifyEd25519', 'verifyRawEd25519']
  },
  make: (file, real) => {
    if (file.endsWith('aes.js')) return { gcm }
    const raw = verifyRaw(real['isSoundPoint'] as unknown as IsSound)
    return {
      verifyRawEd25519: raw,
      verifyEd25519: (domain: Domain, data: Uint8Array, signature: Uint8Array, publicKey: Uint8Array) =>
        raw(inDomain(domain, data), signature, publicKey)
    }
  }
}
