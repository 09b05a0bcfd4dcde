/**
 * The data encryption key (DEK) of the sealed store and the ways to open it: a passphrase (Argon2id), security keys
 * (WebAuthn PRF), or a secret that lies on the device. Each wraps the same DEK; changing one never touches a row. The
 * DEK itself is in memory only while a function here runs: others get keys made from it.
 */
import { gcm } from '@noble/ciphers/aes.js'
import { sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { guardSecret, wipeSecret } from '../base/secret.ts'
import { keyring, wrapperHead, type Keyring, type Wrapper, type WrapperHead } from '../wire/at-rest.ts'
import { importAesKey } from './aes.ts'
import { DOMAINS } from './domains.ts'
import { hkdf, inDomain } from './hash.ts'
import { stretchPassphrase, UNLOCK_BOUNDS, UNLOCK_COST, type Argon2Cost, type CostBounds } from './passphrase.ts'

export interface AtRestKeys {
  /** Opens rows; cannot be exported. */
  readonly rows: CryptoKey
  /** As bytes, for what must be synchronous (decision 0120). Whoever unlocked wipes them. */
  readonly secrets: { readonly rows: Uint8Array; readonly index: Uint8Array }
}

/** Which wrapper is meant. There is one passphrase, one device secret, and one wrapper a security key. */
export type OpenerName =
  | { readonly kind: 'passphrase' }
  | { readonly kind: 'device' }
  | { readonly kind: 'prf'; readonly credential: Uint8Array }
/** A way to open, with its secret: 32 bytes for `device` and `prf`. */
export type Opener =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'device'; readonly secret: Uint8Array }
  | { readonly kind: 'prf'; readonly credential: Uint8Array; readonly secret: Uint8Array }

interface KeyringOptions {
  readonly random: Random
  /** For tests only: what a passphrase costs, within `bounds`. */
  readonly cost?: Argon2Cost
  readonly bounds?: CostBounds
}

export const createKeyring = async (
  opener: Opener,
  options: KeyringOptions
): Promise<{ readonly keyring: Uint8Array<ArrayBuffer>; readonly keys: AtRestKeys }> => {
  const id = options.random.bytes(16)
  const dek = options.random.bytes(32)
  try {
    const wrappers = [await wrap(dek, id, opener, options)]
    return { keyring: keyring.encode({ version: 1, id, wrappers }), keys: await deriveKeys(dek) }
  } finally {
    wipeSecret(dek)
  }
}

/**
 * @throws AppError `malformed` or `needs-newer` for bytes that are no keyring of ours, `not-found` when there is no such
 * opener, `untrusted` for a wrong passphrase or secret, or a changed wrapper.
 */
export const unlockKeyring = async (bytes: Uint8Array, opener: Opener, bounds = UNLOCK_BOUNDS): Promise<AtRestKeys> => {
  const dek = await unwrap(readKeyring(bytes), opener, bounds)
  try {
    return await deriveKeys(dek)
  } finally {
    wipeSecret(dek)
  }
}

/** Adds `want`, or replaces the opener of the same name: a changed passphrase. Answers the new keyring; fails as unlocking. */
export const setOpener = async (
  bytes: Uint8Array,
  { have, want }: { readonly have: Opener; readonly want: Opener },
  options: KeyringOptions
): Promise<Uint8Array<ArrayBuffer>> => {
  const ring = readKeyring(bytes)
  const dek = await unwrap(ring, have, options.bounds ?? UNLOCK_BOUNDS)
  try {
    const kept = ring.wrappers.filter((one) => !isNamed(wrapperHead.decode(one.head), want))
    return keyring.encode({ ...ring, wrappers: [...kept, await wrap(dek, ring.id, want, options)] })
  } finally {
    wipeSecret(dek)
  }
}

/** @throws AppError `not-found`, or `conflict` for the last one: nothing would open the store again. */
export const dropOpener = (bytes: Uint8Array, name: OpenerName): Uint8Array<ArrayBuffer> => {
  const ring = readKeyring(bytes)
  const wrappers = ring.wrappers.filter((one) => !isNamed(wrapperHead.decode(one.head), name))
  if (wrappers.length === ring.wrappers.length) throw new AppError('not-found', `no opener ${name.kind}`)
  if (wrappers.length === 0) throw new AppError('conflict', 'the last opener stays')
  return keyring.encode({ ...ring, wrappers })
}

/** What to ask the person for. @throws as unlocking does for bytes. */
export const listOpeners = (bytes: Uint8Array): readonly OpenerName[] =>
  readKeyring(bytes).wrappers.map(({ head }) => {
    const { kind, credential } = wrapperHead.decode(head)
    return kind === 'prf' ? { kind, credential: credential ?? new Uint8Array() } : { kind }
  })

const isNamed = (head: WrapperHead, name: OpenerName): boolean =>
  head.kind === name.kind &&
  (name.kind !== 'prf' || (head.credential !== undefined && sameBytes(head.credential, name.credential)))

const readKeyring = (bytes: Uint8Array): Keyring => {
  const ring = keyring.decode(bytes)
  const names = ring.wrappers.map(({ head }) => {
    const { kind, cost, credential } = wrapperHead.decode(head)
    if ((cost !== undefined) !== (kind === 'passphrase') || (credential !== undefined) !== (kind === 'prf')) {
      throw new AppError('malformed', `at-rest-keyring: fields of another kind than ${kind}`)
    }
    return `${kind} ${String(credential)}`
  })
  if (new Set(names).size < names.length) throw new AppError('malformed', 'at-rest-keyring: an opener twice')
  return ring
}

const wrap = async (dek: Uint8Array, id: Uint8Array, opener: Opener, options: KeyringOptions): Promise<Wrapper> => {
  const { random, cost = UNLOCK_COST, bounds = UNLOCK_BOUNDS } = options
  const head: WrapperHead = {
    version: 1,
    kind: opener.kind,
    salt: random.bytes(32),
    nonce: random.bytes(12),
    ...(opener.kind === 'passphrase' ? { cost } : {}),
    ...(opener.kind === 'prf' ? { credential: opener.credential } : {})
  }
  const encoded = wrapperHead.encode(head)
  const key = await wrappingKey(head, opener, bounds)
  const sealed = gcm(key, head.nonce, inDomain(DOMAINS.restWrap, id, encoded)).encrypt(dek)
  wipeSecret(key)
  return { head: encoded, sealed }
}

const unwrap = async (ring: Keyring, opener: Opener, bounds: CostBounds): Promise<Uint8Array> => {
  const found = ring.wrappers.find((one) => isNamed(wrapperHead.decode(one.head), opener))
  if (found === undefined) throw new AppError('not-found', `no opener ${opener.kind}`)
  const head = wrapperHead.decode(found.head)
  const key = await wrappingKey(head, opener, bounds)
  try {
    return gcm(key, head.nonce, inDomain(DOMAINS.restWrap, ring.id, found.head)).decrypt(found.sealed)
  } catch (cause) {
    throw new AppError('untrusted', `wrong ${opener.kind}, or the keyring was changed`, { cause })
  } finally {
    wipeSecret(key)
  }
}

const wrappingKey = async (head: WrapperHead, opener: Opener, bounds: CostBounds): Promise<Uint8Array> => {
  if (opener.kind !== 'passphrase') {
    if (opener.secret.length !== 32) throw new AppError('untrusted', `a ${opener.kind} secret has 32 bytes`)
    return hkdf(opener.secret, DOMAINS.restWrap, 32, head.salt)
  }
  const { salt, cost = UNLOCK_COST } = head
  const stretched = await stretchPassphrase({ passphrase: opener.passphrase, salt, cost, bounds })
  const key = hkdf(stretched, DOMAINS.restWrap, 32, salt)
  wipeSecret(stretched)
  return key
}

const deriveKeys = async (dek: Uint8Array): Promise<AtRestKeys> => {
  const secrets = guardSecret({ rows: hkdf(dek, DOMAINS.restRows, 32), index: hkdf(dek, DOMAINS.restIndex, 32) })
  return { rows: await importAesKey(secrets.rows), secrets }
}
