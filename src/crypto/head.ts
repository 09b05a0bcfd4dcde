/**
 * ID3a: making and checking heads. Synchronous and with Ed25519 alone, because relays check every head they are given.
 * A head proves what it says, not that it is the newest: readers pin the highest place they saw (ID5).
 */
import { compareBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { head, headBody, MAX_FRESH_MS } from '../wire/head.ts'
import { homeToText, textToHome } from '../wire/home.ts'
import { comparePlaces, type Place } from '../wire/place.ts'
import type { Rotation } from '../wire/rotation.ts'
import { type Did, didFromKey } from './did.ts'
import { DOMAINS } from './domains.ts'
import { ed25519PublicKey, signEd25519, verifyEd25519 } from './ed25519.ts'
import { hashIn, hkdf, sha256 } from './hash.ts'
import { isVouched, rootInForce } from './roots.ts'

export interface HeadParts {
  readonly didKey: Uint8Array
  readonly place: Place
  readonly documentHash: Uint8Array
  readonly rotations: readonly Rotation[]
  /** Multiaddr texts; see `wire/home.ts`. */
  readonly homes: readonly string[]
  readonly headSeed: Uint8Array
  readonly vouch: Uint8Array
  readonly issued: number
  /** Default: as late as allowed. */
  readonly freshUntil?: number
}

export interface VerifiedHead {
  readonly bytes: Uint8Array
  readonly hash: Uint8Array
  readonly did: Did
  readonly didKey: Uint8Array
  readonly place: Place
  readonly documentHash: Uint8Array
  /** The Ed25519 root in force. */
  readonly root: Uint8Array
  readonly rotations: readonly Rotation[]
  readonly headKey: Uint8Array
  readonly inboxKey: Uint8Array
  readonly homes: readonly string[]
  readonly issued: number
  readonly freshUntil: number
}

/** The inbox's own key pair; every device has it, because every device has the head key. */
export const inboxSeed = (headSeed: Uint8Array): Uint8Array => hkdf(headSeed, DOMAINS.inboxKey, 32)

/** The id under which relays know who attends an inbox: not the did itself. */
export const inboxId = (didKey: Uint8Array): Uint8Array => hashIn(DOMAINS.inbox, didKey)

export const makeHead = (parts: HeadParts): Uint8Array<ArrayBuffer> => {
  const { didKey, place, documentHash, rotations, headSeed, vouch, issued } = parts
  const body = headBody.encode({
    version: 1,
    didKey,
    place,
    documentHash,
    rotations,
    homes: parts.homes.map(textToHome),
    inboxKey: ed25519PublicKey(inboxSeed(headSeed)),
    issued,
    freshUntil: parts.freshUntil ?? issued + MAX_FRESH_MS,
    headKey: ed25519PublicKey(headSeed),
    vouch
  })
  return head.encode({ version: 1, body, signature: signEd25519(DOMAINS.head, body, headSeed) })
}

/** @throws AppError `malformed`, `too-large`, `needs-newer`, or `untrusted` when a signature does not hold. */
export const verifyHead = (bytes: Uint8Array): VerifiedHead => {
  const { body, signature } = head.decode(bytes)
  const said = headBody.decode(body)
  const { didKey, place, headKey, vouch, issued, freshUntil } = said
  if (said.rotations.length !== place.generation) throw new AppError('malformed', 'generation and rotations differ')
  if (freshUntil > issued + MAX_FRESH_MS) throw new AppError('malformed', 'fresh for too long')
  const homes = said.homes.map(homeToText)

  // the cheapest check that a forger must pay for comes first
  if (!verifyEd25519(DOMAINS.head, body, signature, headKey)) throw new AppError('untrusted', 'head signature')
  const root = rootInForce(didKey, said.rotations)
  if (!isVouched(root, { didKey, generation: place.generation, headKey, vouch })) {
    throw new AppError('untrusted', 'the root does not vouch for the head key')
  }
  return {
    bytes,
    hash: sha256(bytes),
    did: didFromKey(didKey),
    didKey,
    place,
    documentHash: said.documentHash,
    root,
    rotations: said.rotations,
    headKey,
    inboxKey: said.inboxKey,
    homes,
    issued,
    freshUntil
  }
}

/** ID5: of two heads of one account the later place, then time, then hash wins: readers never disagree. Positive: `a`. */
export const compareHeads = (a: VerifiedHead, b: VerifiedHead): number =>
  comparePlaces(a.place, b.place) || a.issued - b.issued || compareBytes(a.hash, b.hash)

/** ID3a: "not seen for a month". */
export const isStale = (known: VerifiedHead, now: number): boolean => known.freshUntil < now
