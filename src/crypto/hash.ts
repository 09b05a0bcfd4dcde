/** Hashes, MACs and key derivation, synchronous and small. Whatever has a purpose names it by domain (EN2). */
import { hkdf as nobleHkdf } from '@noble/hashes/hkdf.js'
import { hmac as nobleHmac } from '@noble/hashes/hmac.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { concat, utf8 } from '../base/bytes.ts'
import type { Domain } from './domains.ts'

export const sha256 = (data: Uint8Array): Uint8Array => nobleSha256(data)

/** What is signed, MACed or hashed under a domain: its text, a zero byte, the bytes. */
export const inDomain = (domain: Domain, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  concat(utf8(domain), Uint8Array.of(0), ...parts)

/** Parts have fixed lengths, or there is only one: nothing marks where one ends. */
export const hashIn = (domain: Domain, ...parts: readonly Uint8Array[]): Uint8Array =>
  sha256(inDomain(domain, ...parts))

export const hmac = (key: Uint8Array, data: Uint8Array): Uint8Array => nobleHmac(nobleSha256, key, data)

/** HKDF-SHA-256 (RFC 5869); `info` names the purpose. */
export const hkdf = (secret: Uint8Array, info: Domain | Uint8Array, size: number, salt?: Uint8Array): Uint8Array =>
  nobleHkdf(nobleSha256, secret, salt, typeof info === 'string' ? utf8(info) : info, size)

/** Takes as long for a near miss as for a far one. Lengths are public. */
export const equalSecrets = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0)
  return difference === 0
}
