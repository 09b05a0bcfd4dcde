/**
 * `/cryptochat/deliver/1`: one device hands another a sealed envelope and learns what became of it.
 * Frames go both ways over one stream; `serial` tells which answer belongs to which request (decision 0030).
 * A request without an envelope asks only whether the other side still answers (DL4's own pings).
 */
import { KiB } from '../base/bytes.ts'
import { bytes, field, maybe, message, oneOf, uint } from './schema.ts'
import type { Of } from './schema.ts'

export const DELIVER_PROTOCOL = '/cryptochat/deliver/1'

/** EN3. */
export const MAX_DELIVER_FRAME_BYTES = 80 * KiB

/** What is left of a frame for an envelope: the rest is two small fields and CBOR heads. */
export const MAX_ENVELOPE_BYTES = 79 * KiB

/** Receipts and an acceptance fit many times; the answer goes the way the request came, under the same frame limit. */
export const MAX_DELIVER_ANSWER_BYTES = 64 * KiB

export const deliverRequest = message(
  'deliver-request',
  { max: MAX_DELIVER_FRAME_BYTES },
  {
    serial: field(1, uint({ max: 2 ** 32 - 1 })),
    envelope: maybe(2, bytes({ min: 1, max: MAX_ENVELOPE_BYTES }))
  }
)

/**
 * `taken`: written durably. `refused`: the same bytes will never be accepted. `later`: our fault (too much at once, a full
 * disk), try again. `alive`: the answer to a request without an envelope.
 */
export const deliverAnswer = message(
  'deliver-answer',
  { max: MAX_DELIVER_FRAME_BYTES },
  {
    serial: field(1, uint({ max: 2 ** 32 - 1 })),
    outcome: field(2, oneOf('taken', 'refused', 'later', 'alive')),
    answer: maybe(3, bytes({ max: MAX_DELIVER_ANSWER_BYTES })),
    why: maybe(4, oneOf('malformed', 'untrusted', 'needs-newer'))
  }
)
export type DeliverAnswer = Of<typeof deliverAnswer>
