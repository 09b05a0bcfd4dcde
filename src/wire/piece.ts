/**
 * An envelope that is too large for a frame travels in pieces, each an envelope of kind `piece` over a direct stream. Any
 * order, any repetition; the receiver says what is still missing, and with the last one what became of the whole.
 */
import { KiB } from '../base/bytes.ts'
import { MAX_LARGE_ENVELOPE_BYTES } from './envelope.ts'
import { bytes, field, fixed, listOf, maybe, message, uint, version, type Of } from './schema.ts'

/** What is larger goes in pieces: MB9 will put the same pieces into mailboxes. */
export const MAX_WHOLE_BYTES = 60 * KiB
export const PIECE_BYTES = 56 * KiB
export const MAX_PIECES = Math.ceil(MAX_LARGE_ENVELOPE_BYTES / PIECE_BYTES)

export const piece = message(
  'piece',
  { max: PIECE_BYTES + 128 },
  {
    version: field(0, version(1)),
    /** SHA-256 of the whole envelope. */
    object: field(1, fixed(32)),
    index: field(2, uint({ max: MAX_PIECES - 1 })),
    count: field(3, uint({ max: MAX_PIECES })),
    bytes: field(4, bytes({ min: 1, max: PIECE_BYTES }))
  }
)
export type Piece = Of<typeof piece>

/** One of the two. */
export const pieceAnswer = message(
  'piece-answer',
  { max: 63 * KiB },
  {
    version: field(0, version(1)),
    missing: maybe(1, listOf(uint({ max: MAX_PIECES - 1 }), { max: MAX_PIECES })),
    /** The answer to the whole envelope. */
    whole: maybe(2, bytes({ max: 62 * KiB }))
  }
)
