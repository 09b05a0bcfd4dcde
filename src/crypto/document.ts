/**
 * ID3, ID5: making, checking and judging DID documents. A verified document says that both root keys of its generation
 * signed it; whether it is the newest, and whether it fits what we saw before, `judgeDocument` says.
 */
import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js'
import { bytesToHex, sameBytes, utf8 } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { DEVICE_SLOTS, document, documentBody, type DocumentBody } from '../wire/document.ts'
import { comparePlaces, type Place } from '../wire/place.ts'
import type { Rotation } from '../wire/rotation.ts'
import { type Did, didFromKey } from './did.ts'
import { DOMAINS } from './domains.ts'
import { signEd25519, verifyEd25519 } from './ed25519.ts'
import { hashIn, sha256 } from './hash.ts'
import type { VerifiedHead } from './head.ts'
import { verifyMlDsa } from './ml-dsa.ts'
import { type Certificate, checkCertificate, readCertificate } from './pgp-keys.ts'
import { rootInForce, rootsHash, rootsHashOfKeys } from './roots.ts'

export { comparePlaces } from '../wire/place.ts'

export interface VerifiedDocument {
  readonly bytes: Uint8Array
  /** SHA-256 of `bytes`: what heads and messages name. */
  readonly hash: Uint8Array
  readonly did: Did
  readonly didKey: Uint8Array
  readonly place: Place
  readonly previous?: Uint8Array
  readonly issued: number
  /** Hash of both root keys in force: what invites carry and safety numbers compare. */
  readonly roots: Uint8Array
  readonly nextRoots: Uint8Array
  readonly rotations: readonly Rotation[]
  readonly headKey: Uint8Array
  readonly suites: readonly string[]
  readonly devices: readonly Uint8Array[]
  readonly certificate: Certificate
  /** OpenPGP v6 fingerprint of the root in force, 64 hex digits. */
  readonly fingerprint: string
}

export interface DocumentParts {
  readonly didKey: Uint8Array
  readonly place: Place
  readonly previous?: Uint8Array
  readonly issued: number
  readonly certificate: Uint8Array
  readonly nextRoots: Uint8Array
  readonly headKey: Uint8Array
  readonly suites: readonly string[]
  /** `deviceSlot` of each device. */
  readonly devices: readonly Uint8Array[]
  readonly rotations: readonly Rotation[]
  readonly rootSeed: Uint8Array
  readonly mlDsaSeed: Uint8Array
}

/** VE1: the one wire version there is. */
const WIRE_VERSION = 1

/** ID3: what the document says of a device; only who knows the salt recognises it. */
export const deviceSlot = (salt: Uint8Array, deviceKey: Uint8Array): Uint8Array =>
  hashIn(DOMAINS.device, salt, deviceKey)

export const mlDsaPublicKey = (seed: Uint8Array): Uint8Array => ml_dsa65.keygen(seed).publicKey

/** Fills up and sorts: neither number nor order of the devices shows. */
const fillSlots = (slots: readonly Uint8Array[], random: Random): Uint8Array[] => {
  const size = Math.max(1, Math.ceil(slots.length / DEVICE_SLOTS)) * DEVICE_SLOTS
  const fillers = Array.from({ length: size - slots.length }, () => random.bytes(32))
  return [...slots, ...fillers].toSorted((a, b) => (bytesToHex(a) < bytesToHex(b) ? -1 : 1))
}

export const makeDocument = (parts: DocumentParts, random: Random): Uint8Array<ArrayBuffer> => {
  const keys = ml_dsa65.keygen(parts.mlDsaSeed)
  const body = documentBody.encode({
    version: 1,
    didKey: parts.didKey,
    place: parts.place,
    previous: parts.previous,
    issued: parts.issued,
    certificate: parts.certificate,
    mlDsaKey: keys.publicKey,
    nextRoots: parts.nextRoots,
    headKey: parts.headKey,
    lowest: WIRE_VERSION,
    highest: WIRE_VERSION,
    suites: parts.suites,
    devices: fillSlots(parts.devices, random),
    rotations: parts.rotations
  })
  const context = utf8(DOMAINS.document)
  return document.encode({
    version: 1,
    body,
    ed25519: signEd25519(DOMAINS.document, body, parts.rootSeed),
    mlDsa: ml_dsa65.sign(body, keys.secretKey, { context, extraEntropy: random.bytes(32) })
  })
}

/** The root keys that the rotations lead to must be the ones in the document. */
const checkRoots = (said: DocumentBody, certificate: Certificate): void => {
  if (said.rotations.length !== said.place.generation)
    throw new AppError('malformed', 'generation and rotations differ')
  const root = rootInForce(said.didKey, said.rotations)
  if (certificate.version !== 6 || certificate.ed25519 === undefined) {
    throw new AppError('malformed', 'the primary key is not a version 6 Ed25519 key')
  }
  if (!sameBytes(certificate.ed25519, root))
    throw new AppError('untrusted', 'the certificate is not of the root in force')
  const promised = said.rotations.at(-1)?.mlDsaHash
  if (promised !== undefined && !sameBytes(promised, sha256(said.mlDsaKey))) {
    throw new AppError('untrusted', 'the ML-DSA key is not of the root in force')
  }
}

/**
 * @throws AppError `malformed`, `too-large`, `needs-newer`, or `untrusted` when a signature does not hold.
 * For generation 0 the ML-DSA key is vouched for by the Ed25519 root alone; who wants more compares `roots` with an invite
 * or a safety number.
 */
export const verifyDocument = async (bytes: Uint8Array): Promise<VerifiedDocument> => {
  const { body, ed25519, mlDsa } = document.decode(bytes)
  const said = documentBody.decode(body)
  const isFirst = said.place.generation === 0 && said.place.seq === 0
  if (isFirst !== (said.previous === undefined)) throw new AppError('malformed', 'only the first has no previous')
  const certificate = await readCertificate(said.certificate)
  checkRoots(said, certificate)

  const root = rootInForce(said.didKey, said.rotations)
  if (!verifyEd25519(DOMAINS.document, body, ed25519, root)) throw new AppError('untrusted', 'Ed25519 root signature')
  if (!verifyMlDsa(body, mlDsa, said.mlDsaKey, utf8(DOMAINS.document))) {
    throw new AppError('untrusted', 'ML-DSA root signature')
  }
  await checkCertificate(certificate)

  return {
    bytes,
    hash: sha256(bytes),
    did: didFromKey(said.didKey),
    didKey: said.didKey,
    place: said.place,
    ...(said.previous === undefined ? {} : { previous: said.previous }),
    issued: said.issued,
    roots: rootsHashOfKeys(root, said.mlDsaKey),
    nextRoots: said.nextRoots,
    rotations: said.rotations,
    headKey: said.headKey,
    suites: said.suites,
    devices: said.devices,
    certificate,
    fingerprint: bytesToHex(certificate.fingerprint)
  }
}

/**
 * Whether a head speaks of this document. Both may verify and yet not belong together: a head of one account can name the
 * hash of another's document, or the right document with a wrong place.
 */
export const headFits = (head: VerifiedHead, known: VerifiedDocument): boolean =>
  sameBytes(head.didKey, known.didKey) &&
  sameBytes(head.documentHash, known.hash) &&
  sameBytes(head.headKey, known.headKey) &&
  comparePlaces(head.place, known.place) === 0

export type Judgement = 'newer' | 'same' | 'older' | 'duplicity' | 'broken'

/**
 * ID4: whether the candidate's rotations go on from the pinned document: the first new root is the one to which the
 * pinned document committed, and what was known before is unchanged.
 */
const followsChain = (pinned: VerifiedDocument, candidate: VerifiedDocument): boolean => {
  const known = pinned.rotations.length
  const isSameStart = pinned.rotations.every((step, index) => {
    const other = candidate.rotations[index]
    return other !== undefined && sameBytes(step.root, other.root) && sameBytes(step.mlDsaHash, other.mlDsaHash)
  })
  if (!isSameStart) return false
  const next = candidate.rotations[known]
  if (next !== undefined) return sameBytes(rootsHash(next.root, next.mlDsaHash), pinned.nextRoots)
  // within one generation neither the roots nor the promise may change: a thief of the old root could swap them
  return sameBytes(pinned.roots, candidate.roots) && sameBytes(pinned.nextRoots, candidate.nextRoots)
}

/**
 * ID5: what a verified document means to who pinned another of the same account. `newer`: pin it. `duplicity`: both were
 * signed by the account's roots and cannot both follow: keep both, tell the person. `broken`: an alarm, keep the pinned one.
 */
export const judgeDocument = (pinned: VerifiedDocument, candidate: VerifiedDocument): Judgement => {
  if (!sameBytes(pinned.didKey, candidate.didKey)) return 'broken'
  if (sameBytes(pinned.hash, candidate.hash)) return 'same'
  const [first, second] = comparePlaces(pinned.place, candidate.place) <= 0 ? [pinned, candidate] : [candidate, pinned]
  if (!followsChain(first, second)) return 'broken'
  if (first === candidate && second === pinned && comparePlaces(first.place, second.place) < 0) return 'older'
  if (candidate.place.generation > pinned.place.generation) return 'newer'
  if (comparePlaces(pinned.place, candidate.place) === 0) return 'duplicity'
  // same generation, later seq: the very next one must name the pinned one
  const isNext = candidate.place.seq === pinned.place.seq + 1
  const namesPinned = candidate.previous !== undefined && sameBytes(candidate.previous, pinned.hash)
  return isNext && !namesPinned ? 'duplicity' : 'newer'
}
