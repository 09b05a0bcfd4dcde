/**
 * The OpenPGP v6 fingerprint of an Ed25519 root key (RFC 9580 §5.5.4), without an OpenPGP library: hash of a few fixed
 * bytes around the key and when it was made. Enough to lead from a fingerprint to its account and to check that.
 */
import { concat, sameBytes } from '../src/base/bytes.ts'
import { sha256 } from '../src/crypto/hash.ts'

const VERSION = 6
const ED25519 = 27
const KEY_BYTES = 32
const BODY_BYTES = 1 + 4 + 1 + 4 + KEY_BYTES
/** Tag 6 in the new packet format, and the length of the body in one octet. */
const PACKET_HEAD = Uint8Array.of(0xc6, BODY_BYTES)

const keyBody = (created: number, key: Uint8Array): Uint8Array => {
  const body = new Uint8Array(BODY_BYTES)
  const view = new DataView(body.buffer)
  view.setUint8(0, VERSION)
  view.setUint32(1, created)
  view.setUint8(5, ED25519)
  view.setUint32(6, KEY_BYTES)
  body.set(key, 10)
  return body
}

export const rootFingerprint = (created: number, key: Uint8Array): Uint8Array => {
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, BODY_BYTES)
  return sha256(concat(Uint8Array.of(0x9b), length, keyBody(created, key)))
}

/** When the certificate's primary key was made; undefined unless that key is `key`. */
export const certificateCreated = (certificate: Uint8Array, key: Uint8Array): number | undefined => {
  if (certificate.length < 2 + BODY_BYTES || !sameBytes(certificate.subarray(0, 2), PACKET_HEAD)) return undefined
  const created = new DataView(certificate.buffer, certificate.byteOffset).getUint32(3)
  return sameBytes(certificate.subarray(2, 2 + BODY_BYTES), keyBody(created, key)) ? created : undefined
}
