/**
 * EN4: Ed25519, verified the same everywhere. Accepted is only what every sound implementation accepts: canonical key and
 * R, S below the group order, neither key nor R of small order, and R equal to S·B − k·A byte for byte (no cofactor).
 * The synchronous form is for relays and small things; the native one gives the same answers and is for hot paths.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concat, sameBytes } from '../base/bytes.ts'
import type { Domain } from './domains.ts'
import { inDomain } from './hash.ts'

const { Point } = ed25519
const ORDER = Point.Fn.ORDER

export const ed25519PublicKey = (seed: Uint8Array): Uint8Array => ed25519.getPublicKey(seed)

export const signEd25519 = (domain: Domain, data: Uint8Array, seed: Uint8Array): Uint8Array =>
  signRawEd25519(inDomain(domain, data), seed)

/** Without a domain: for what other standards sign. */
export const signRawEd25519 = (data: Uint8Array, seed: Uint8Array): Uint8Array => ed25519.sign(data, seed)

export const verifyEd25519 = (
  domain: Domain,
  data: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array
): boolean => verifyRawEd25519(inDomain(domain, data), signature, publicKey)

const littleEndian = (data: Uint8Array): bigint => data.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)

/** Without a domain: for test vectors and for what other standards sign. Never throws. */
export const verifyRawEd25519 = (data: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean => {
  if (signature.length !== 64 || publicKey.length !== 32) return false
  const claimedR = signature.subarray(0, 32)
  const s = littleEndian(signature.subarray(32))
  if (s >= ORDER) return false
  try {
    const key = Point.fromBytes(publicKey, false)
    if (key.isSmallOrder()) return false
    const k = littleEndian(sha512(concat(claimedR, publicKey, data))) % ORDER
    const r = (s === 0n ? Point.ZERO : Point.BASE.multiplyUnsafe(s)).subtract(key.multiplyUnsafe(k))
    return !r.isSmallOrder() && sameBytes(r.toBytes(), claimedR)
  } catch {
    // a key that is no point on the curve, or not canonically written
    return false
  }
}

/** y of the points of order 1, 2, 4 and 8; the top bit is the sign of x. Other spellings are non-canonical. */
const SMALL_ORDER_Y = new Set(
  [
    0n,
    1n,
    Point.Fp.ORDER - 1n,
    2707385501144840649318225287225658788936804267575313519463743609750303021402n,
    55188659117513257062467267217118295137698188065244968500265048394206261417927n
  ].map(String)
)

/** Canonical and not of small order; that it is on the curve is for the verification to find. */
export const isSoundPoint = (encoded: Uint8Array): boolean => {
  const y = littleEndian(encoded) & ((1n << 255n) - 1n)
  return y < Point.Fp.ORDER && !SMALL_ORDER_Y.has(String(y))
}

interface NativeKey {
  readonly key: unknown
}
interface Native {
  importKey(
    format: 'raw',
    key: Uint8Array,
    algorithm: 'Ed25519',
    extractable: boolean,
    usages: readonly string[]
  ): Promise<NativeKey>
  verify(algorithm: 'Ed25519', key: NativeKey, signature: Uint8Array, data: Uint8Array): Promise<boolean>
}
declare const crypto: { readonly subtle?: Native } | undefined

let hasNative: Promise<boolean> | undefined

/** RFC 8032 test 1: a platform that refuses it has no Ed25519. */
const tryNative = async (): Promise<boolean> => {
  const seed = new Uint8Array(32).fill(7)
  const data = Uint8Array.of(1, 2, 3)
  try {
    const key = await crypto?.subtle?.importKey('raw', ed25519.getPublicKey(seed), 'Ed25519', false, ['verify'])
    return key !== undefined && (await crypto?.subtle?.verify('Ed25519', key, ed25519.sign(data, seed), data)) === true
  } catch {
    // an older browser without Ed25519 in WebCrypto: the synchronous form does it
    return false
  }
}

/** The same answer as `verifyRawEd25519`, by WebCrypto where it has Ed25519. */
export const verifyRawEd25519Fast = async (
  data: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array
): Promise<boolean> => {
  hasNative ??= tryNative()
  if (!(await hasNative) || crypto?.subtle === undefined) return verifyRawEd25519(data, signature, publicKey)
  if (signature.length !== 64 || publicKey.length !== 32) return false
  if (!isSoundPoint(publicKey) || !isSoundPoint(signature.subarray(0, 32))) return false
  if (littleEndian(signature.subarray(32)) >= ORDER) return false
  try {
    const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, signature, data)
  } catch {
    // not a point on the curve
    return false
  }
}

export const verifyEd25519Fast = async (
  domain: Domain,
  data: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array
): Promise<boolean> => await verifyRawEd25519Fast(inDomain(domain, data), signature, publicKey)
