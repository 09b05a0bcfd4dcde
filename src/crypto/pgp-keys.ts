/**
 * OpenPGP keys as this app has them: a version 6 Ed25519 root, subkeys of devices, and signatures by the root. Keys come and
 * go as bytes; parsed ones are kept in a small cache, because parsing and checking self-signatures costs more than a message.
 */
import { bytesToHex, concat, hexToBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { isSoundPoint } from './ed25519.ts'
import { sha256 } from './hash.ts'
import {
  createMessage,
  enums,
  generateKey,
  guard,
  type KeyID,
  NO_DATE,
  own,
  type PrivateKey,
  type PublicKey,
  readKey,
  readPrivateKey,
  readSignature,
  type SecretKeyPacket,
  sign,
  type Subkey,
  V6,
  verify
} from './pgp.ts'

export type SubkeyUse = 'pqc' | 'x25519' | 'ed25519' | 'other'

export interface Certificate {
  readonly bytes: Uint8Array
  readonly version: number
  /** Of the primary key: 32 bytes for version 6, 20 for version 4. */
  readonly fingerprint: Uint8Array
  /** The raw Ed25519 primary key, when it is one. */
  readonly ed25519?: Uint8Array
  readonly subkeys: readonly { readonly fingerprint: Uint8Array; readonly use: SubkeyUse }[]
  readonly createdAt: number
  readonly key: PublicKey
}

export interface SecretCertificate {
  readonly certificate: Certificate
  readonly key: PrivateKey
}

const USES: ReadonlyMap<enums.publicKey, SubkeyUse> = new Map([
  [enums.publicKey.pqc_mlkem_x25519, 'pqc'],
  [enums.publicKey.x25519, 'x25519'],
  [enums.publicKey.ed25519, 'ed25519']
])

export const describe = (bytes: Uint8Array, key: PublicKey): Certificate => {
  const { keyPacket } = key
  const params = keyPacket.publicParams as { readonly A?: unknown }
  const isEd25519 = keyPacket.algorithm === enums.publicKey.ed25519 && params.A instanceof Uint8Array
  return {
    bytes,
    key,
    version: keyPacket.version,
    fingerprint: hexToBytes(keyPacket.getFingerprint()),
    ...(isEd25519 ? { ed25519: params.A as Uint8Array } : {}),
    subkeys: key.subkeys.map((subkey) => ({
      fingerprint: hexToBytes(subkey.getFingerprint()),
      use: USES.get(subkey.keyPacket.algorithm) ?? 'other'
    })),
    createdAt: keyPacket.created.getTime()
  }
}

/** Parsed certificates by the hash of their bytes: one per contact that is written with, and some. */
const CACHE_SIZE = 64
const parsed = new Map<string, Promise<Certificate>>()

const parse = async (bytes: Uint8Array): Promise<Certificate> => {
  const key = await readKey({ binaryKey: own(bytes) })
  if (key.isPrivate()) throw new AppError('malformed', 'a secret key is not a certificate')
  return describe(bytes, key)
}

/** @throws AppError `malformed`. Self-signatures are checked when a key is used. */
export const readCertificate = async (bytes: Uint8Array): Promise<Certificate> => {
  const name = bytesToHex(sha256(bytes))
  const known = parsed.get(name)
  if (known !== undefined) {
    parsed.delete(name)
    parsed.set(name, known)
    return await known
  }
  const fresh = guard('malformed', 'not an OpenPGP certificate', () => parse(bytes))
  parsed.set(name, fresh)
  fresh.catch(() => parsed.delete(name))
  for (const oldest of parsed.keys()) {
    if (parsed.size <= CACHE_SIZE) break
    parsed.delete(oldest)
  }
  return await fresh
}

/** Our own key from our own store. */
export const readSecret = async (bytes: Uint8Array): Promise<SecretCertificate> =>
  await guard('internal', 'not an OpenPGP secret key', async () => {
    const key = await readPrivateKey({ binaryKey: own(bytes) })
    const publicKey = key.toPublic()
    return { key, certificate: describe(publicKey.write(), publicKey) }
  })

/**
 * Dates in certificates and signatures: whole days, and the day before, so that a clock that is set back a little does not
 * make the key "not yet valid", and the hour of birth is nobody's business.
 */
export const keyDate = (now: number): Date => new Date((Math.floor(now / 86_400_000) - 1) * 86_400_000)

/** ID1: one for signing, and for encryption a post-quantum one and one that others can use. */
const DEVICE_SUBKEYS = [{ type: 'curve25519', sign: true }, { type: 'pqc' }, { type: 'curve25519' }] as const

/** ID1: an Ed25519 primary key, and for the first device a signing subkey and two for encryption. No user id: no name leaks. */
export const generateAccountKey = async (
  now: number
): Promise<{ readonly secretKey: Uint8Array; readonly certificate: Uint8Array; readonly rootSeed: Uint8Array }> =>
  await guard('internal', 'no account key', async () => {
    const { privateKey, publicKey } = await generateKey({
      type: 'curve25519',
      userIDs: [],
      subkeys: [...DEVICE_SUBKEYS],
      date: keyDate(now),
      format: 'object',
      config: V6
    })
    return { secretKey: privateKey.write(), certificate: publicKey.write(), rootSeed: seedOf(privateKey) }
  })

const seedOf = ({ keyPacket }: PrivateKey): Uint8Array => {
  const secret = (keyPacket as SecretKeyPacket).privateParams as { readonly seed?: unknown } | null
  if (!(secret?.seed instanceof Uint8Array)) throw new AppError('malformed', 'the primary key is not Ed25519')
  return secret.seed
}

/** The primary key alone, for a backup: subkeys belong to a device and stay on it. */
export const withoutSubkeys = async (secretKey: Uint8Array): Promise<Uint8Array> =>
  await guard('internal', 'not an OpenPGP secret key', async () => {
    const key = await readPrivateKey({ binaryKey: own(secretKey) })
    key.subkeys = []
    return key.write()
  })

/** The inverse, for another device: the same primary key with new subkeys. @throws AppError `malformed`. */
export const withNewSubkeys = async (
  rootKey: Uint8Array,
  now: number
): Promise<{ readonly secretKey: Uint8Array; readonly rootSeed: Uint8Array }> =>
  await guard('malformed', 'not a root key', async () => {
    let key = await readPrivateKey({ binaryKey: own(rootKey) })
    if (key.subkeys.length > 0) throw new AppError('malformed', 'a root key with subkeys')
    const rootSeed = seedOf(key)
    for (const subkey of DEVICE_SUBKEYS) key = await key.addSubkey({ ...subkey, date: keyDate(now), config: V6 })
    return { secretKey: key.write(), rootSeed }
  })

/** @throws AppError `untrusted` when the self-signature of the primary key or the binding of any subkey does not hold. */
export const checkCertificate = async ({ key, ed25519 }: Certificate): Promise<void> => {
  if (ed25519 !== undefined && !isSoundPoint(ed25519)) throw new AppError('untrusted', 'unsound primary key')
  await guard('untrusted', 'a self-signature does not hold', async () => {
    await key.verifyPrimaryKey(NO_DATE)
    for (const subkey of key.subkeys) await subkey.verify(NO_DATE)
  })
}

export const findKey = (key: PublicKey, fingerprint: Uint8Array): PublicKey | Subkey => {
  const wanted = bytesToHex(fingerprint)
  const found = key.getKeys().find((one) => one.getFingerprint() === wanted)
  if (found === undefined) throw new AppError('untrusted', 'the certificate has no such key')
  return found
}

/** Clocks differ: a key that looks like made tomorrow is used as of tomorrow. */
export const dateFor = (now: number, certificates: readonly Certificate[]): Date =>
  new Date(Math.max(now, ...certificates.map(({ createdAt }) => createdAt)))

// ── signatures by the root ────────────────────────────────────────────────────────────────────────────────────────

export const signByRoot = async (secret: SecretCertificate, data: Uint8Array, now: number): Promise<Uint8Array> =>
  await guard('internal', 'the root cannot sign', async () => {
    const message = await createMessage({ binary: own(data) })
    const { key, certificate } = secret
    const options = { message, signingKeys: key, signingKeyIDs: key.getKeyID(), date: dateFor(now, [certificate]) }
    return (await sign({ ...options, detached: true, format: 'binary' })) as Uint8Array
  })

/** Bindings are looked at for every message: what held once holds for the same bytes under the same certificate. */
const held = new WeakMap<Certificate, Set<string>>()
const MOST_HELD = 64

/** True only for one signature, by the primary key itself. */
export const isSignedByRoot = async (
  certificate: Certificate,
  data: Uint8Array,
  signature: Uint8Array
): Promise<boolean> => {
  const name = bytesToHex(sha256(concat(sha256(data), signature)))
  const known = held.get(certificate) ?? new Set()
  if (known.has(name)) return true
  const isHeld = await checkRootSignature(certificate, data, signature)
  if (!isHeld) return false
  if (known.size >= MOST_HELD) known.clear()
  held.set(certificate, known.add(name))
  return true
}

const checkRootSignature = async (
  certificate: Certificate,
  data: Uint8Array,
  signature: Uint8Array
): Promise<boolean> => {
  try {
    const message = await createMessage({ binary: own(data) })
    const found = await readSignature({ binarySignature: own(signature) })
    const { signatures } = await verify({ message, signature: found, verificationKeys: certificate.key, date: null })
    return await isOneBy(signatures, certificate.key, certificate.fingerprint)
  } catch {
    // not a signature at all: the answer is no
    return false
  }
}

/** Whether the certificate has a key with this id. */
export const isOneKeyOf = ({ key }: Certificate, id: KeyID): boolean => key.getKeys(id).length > 0

/** The same, in hex. */
export const hasKeyId = ({ key }: Certificate, id: string): boolean =>
  key.getKeys().some((one) => one.getKeyID().toHex() === id)

export interface Checked {
  readonly keyID: KeyID
  readonly verified: Promise<true>
}

/** One signature, valid, and by exactly this key: a key id alone is only 64 bits. */
export const isOneBy = async (
  signatures: readonly Checked[],
  key: PublicKey,
  fingerprint: Uint8Array
): Promise<boolean> => {
  const [only, ...more] = signatures
  if (only === undefined || more.length > 0) return false
  const signer = key.getKeys(only.keyID)[0]
  return signer?.getFingerprint() === bytesToHex(fingerprint) && (await only.verified)
}
