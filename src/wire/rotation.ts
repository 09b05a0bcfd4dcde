/**
 * ID4: one line for each generation after the first. The root of the generation before signed, when it was made, which
 * keys may follow it (`promise`), so a rotation needs only the next root's secrets: the old ones may be lost or stolen.
 * The chain starts at the did's key, and its length is the generation.
 */
import { field, fixed, listOf, message, type Of } from './schema.ts'

export const rotation = message(
  'rotation',
  { max: 200 },
  {
    /** Ed25519 root key of the new generation. */
    root: field(1, fixed(32)),
    /** SHA-256 of its ML-DSA-65 key. */
    mlDsaHash: field(2, fixed(32)),
    /** Ed25519 by the root before, over (did, new generation, hash of the new roots). */
    promise: field(3, fixed(64))
  }
)
export type Rotation = Of<typeof rotation>

/** Somebody who changes keys every three months fills this in eight years. */
export const MAX_ROTATIONS = 32
export const rotations = listOf(rotation, { max: MAX_ROTATIONS })
