/** IN3: first contact. Signed and sealed to the recipient's devices; carries all that is needed to answer and to verify. */
import { KiB } from '../base/bytes.ts'
import { bindings } from './binding.ts'
import { MAX_DOCUMENT_BYTES } from './document.ts'
import { events } from './event.ts'
import { MAX_HEAD_BYTES } from './head.ts'
import { offeredKeys } from './mls.ts'
import { place } from './place.ts'
import { profile } from './profile.ts'
import { bytes, field, fixed, listOf, maybe, message, uint, version, type Of } from './schema.ts'
import { session } from './session.ts'

/** IN3. */
export const MAX_REQUEST_AGE_MS = 30 * 24 * 3600 * 1000

const joinRequest = message(
  'request-join',
  { max: 128 },
  { conversation: field(1, fixed(32)), secret: field(2, fixed(16)) }
)

export const contactRequest = message(
  'contact-request',
  { max: 72 * KiB },
  {
    version: field(0, version(1)),
    /** Did key of whom it is for, and the place of their document when it was sealed. */
    recipient: field(1, fixed(32)),
    recipientPlace: field(2, place),
    sender: field(3, fixed(32)),
    document: field(4, bytes({ min: 1, max: MAX_DOCUMENT_BYTES })),
    /** Names the homes where the answer goes. */
    head: field(5, bytes({ min: 1, max: MAX_HEAD_BYTES })),
    bindings: field(6, bindings),
    /** IN1: from the invite's secret, when there was an invite. */
    token: maybe(7, fixed(16)),
    conversation: field(8, fixed(32)),
    session: field(9, session),
    issued: field(10, uint()),
    profile: maybe(11, profile),
    events: field(12, events),
    /** IN4: of the device that sealed it; with one the recipient opens an MLS session. */
    keyPackages: maybe(13, listOf(offeredKeys, { max: 4 })),
    /** No contact is asked for: the sender came with a group's link and asks to be taken in. */
    join: maybe(14, joinRequest)
  }
)
export type ContactRequest = Of<typeof contactRequest>
