/**
 * What the network sees of anything one device says to another: a kind, a tag that looks random, and sealed bytes.
 * No did, name or key of anybody stands here in clear.
 */
import { KiB, MiB } from '../base/bytes.ts'
import { bytes, field, fixed, message, oneOf, version, type Of } from './schema.ts'

/** Below the 80 KiB frame of EN3, with room for what a protocol puts around it. */
export const MAX_ENVELOPE_BYTES = 78 * KiB
export const MAX_SEALED_BYTES = MAX_ENVELOPE_BYTES - 64

/**
 * `commit` and `opening`: MLS handshakes and the way into a session. `piece`: a part of an envelope that is too large for a
 * frame (wire/piece.ts). `ask`: a question that is answered in the answer to the delivery (wire/ask.ts).
 */
const kind = oneOf('request', 'sealed', 'commit', 'opening', 'piece', 'ask')

export const envelope = message(
  'envelope',
  { max: MAX_ENVELOPE_BYTES },
  {
    version: field(0, version(1)),
    kind: field(1, kind),
    /** `sealed`: the session's tag for the receiving device. `request`: 16 random bytes. */
    route: field(2, fixed(16)),
    sealed: field(3, bytes({ min: 1, max: MAX_SEALED_BYTES }))
  }
)
export type Envelope = Of<typeof envelope>

/** The same shape, put together again from pieces. */
export const MAX_LARGE_ENVELOPE_BYTES = 4 * MiB
export const largeEnvelope = message(
  'envelope-large',
  { max: MAX_LARGE_ENVELOPE_BYTES },
  {
    version: field(0, version(1)),
    kind: field(1, kind),
    route: field(2, fixed(16)),
    sealed: field(3, bytes({ min: 1, max: MAX_LARGE_ENVELOPE_BYTES - 64 }))
  }
)
