/**
 * ID3a: the head, the small record of what changes often. It is checked with Ed25519 alone: did key → rotations → root
 * → vouch → head key → signature, so that relays and readers need neither OpenPGP nor the document.
 */
import { KiB } from '../base/bytes.ts'
import { home } from './home.ts'
import { place } from './place.ts'
import { rotations } from './rotation.ts'
import { bytes, field, fixed, listOf, message, uint, version, type Of } from './schema.ts'

/** HN2. */
export const MAX_HOMES = 5
/** ID3a: a head is fresh for at most 30 days. */
export const MAX_FRESH_MS = 30 * 24 * 3600 * 1000
/** Under 1 KiB without rotations (five homes with long names may need 2). */
export const MAX_HEAD_BYTES = 9 * KiB

export const headBody = message(
  'head-body',
  { max: MAX_HEAD_BYTES - 128 },
  {
    version: field(0, version(1)),
    didKey: field(1, fixed(32)),
    place: field(2, place),
    documentHash: field(3, fixed(32)),
    rotations: field(4, rotations),
    homes: field(5, listOf(home, { max: MAX_HOMES })),
    /** Ed25519; names the inbox mailbox. Its secret is derived from the head key's. */
    inboxKey: field(6, fixed(32)),
    issued: field(7, uint()),
    freshUntil: field(8, uint()),
    headKey: field(9, fixed(32)),
    /** Ed25519 by the root in force over (did, generation, head key). */
    vouch: field(10, fixed(64))
  }
)
export type HeadBody = Of<typeof headBody>

export const head = message(
  'head',
  { max: MAX_HEAD_BYTES },
  {
    version: field(0, version(1)),
    body: field(1, bytes({ min: 1, max: MAX_HEAD_BYTES - 128 })),
    /** Ed25519 by the head key over the bytes of `body`. */
    signature: field(2, fixed(64))
  }
)
export type Head = Of<typeof head>
