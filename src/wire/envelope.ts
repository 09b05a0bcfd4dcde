/**
 * What the network sees of anything one device says to another: a kind, a tag that looks random, and sealed bytes.
 * No did, name or key of anybody stands here in clear.
 */
import { KiB } from '../base/bytes.ts'
import { bytes, field, fixed, message, oneOf, version, type Of } from './schema.ts'

/** Below the 80 KiB frame of EN3, with room for what a protocol puts around it. */
export const MAX_ENVELOPE_BYTES = 78 * KiB
export const MAX_SEALED_BYTES = MAX_ENVELOPE_BYTES - 64

export const envelope = message(
  'envelope',
  { max: MAX_ENVELOPE_BYTES },
  {
    version: field(0, version(1)),
    kind: field(1, oneOf('request', 'sealed')),
    /** `sealed`: the session's tag for the receiving device. `request`: 16 random bytes. */
    route: field(2, fixed(16)),
    sealed: field(3, bytes({ min: 1, max: MAX_SEALED_BYTES }))
  }
)
export type Envelope = Of<typeof envelope>
