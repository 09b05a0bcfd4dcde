/**
 * What a suite seals for the members of a session. It names its conversation, so that a member who opens it cannot pass
 * it on as if it had been written elsewhere, and the sender's own place (ID5), so that split views are noticed.
 */
import { KiB } from '../base/bytes.ts'
import { bindings } from './binding.ts'
import { MAX_DOCUMENT_BYTES } from './document.ts'
import { events } from './event.ts'
import { MAX_HEAD_BYTES } from './head.ts'
import { offeredKeys, sessionHint } from './mls.ts'
import { person } from './opening.ts'
import { place } from './place.ts'
import { profile } from './profile.ts'
import { watermarks } from './receipt.ts'
import { bytes, field, fixed, flag, listOf, maybe, message, uint, version, type Of } from './schema.ts'
import { session } from './session.ts'

/** With 80 KiB frames this leaves room for a signature and the session key sealed to ten devices (1.2 KiB each). */
export const MAX_PAYLOAD_BYTES = 64 * KiB

export const payload = message(
  'payload',
  { max: MAX_PAYLOAD_BYTES },
  {
    version: field(0, version(1)),
    conversation: field(1, fixed(32)),
    /** The sender's did key; must be who the suite says sealed it. */
    sender: field(2, fixed(32)),
    place: field(3, place),
    documentHash: field(4, fixed(32)),
    issued: field(5, uint()),
    events: field(6, events),
    /** What we hold of the other side's devices. */
    receipts: field(7, watermarks),
    /** When the contact does not have the newest one yet. */
    profile: maybe(8, profile),
    bindings: maybe(9, bindings),
    head: maybe(10, bytes({ min: 1, max: MAX_HEAD_BYTES })),
    document: maybe(11, bytes({ min: 1, max: MAX_DOCUMENT_BYTES })),
    /** The contact request of this conversation is accepted; `session` is the one to write from now on. */
    accepted: maybe(12, flag),
    session: maybe(13, session),
    /** IN4: of the device that sealed it, when the reader does not have the newest. */
    keyPackages: maybe(14, listOf(offeredKeys, { max: 4 })),
    /** ML5: of groups that both are in. */
    hints: maybe(15, listOf(sessionHint, { max: 64 })),
    /** Whom the events inside bring in, for those who do not know them. */
    people: maybe(16, listOf(person, { max: 32 })),
    /** Fills up to one of few sizes; ignored. */
    padding: maybe(100, bytes({ max: MAX_PAYLOAD_BYTES }))
  }
)
export type Payload = Of<typeof payload>

/** Sizes grow in steps of at most an eighth, at least 256 bytes: text lengths are not to be read off the wire. */
export const paddedSize = (size: number): number => {
  const step = Math.max(256, 2 ** (Math.floor(Math.log2(Math.max(size, 1))) - 3))
  return Math.min(Math.ceil(size / step) * step, MAX_PAYLOAD_BYTES)
}

/** How many padding bytes take exactly `room` bytes with their CBOR heads; undefined where no number does. */
const paddingFor = (room: number): number | undefined => {
  const rest = room - 2 // key 100
  if (rest >= 1 && rest <= 24) return rest - 1
  if (rest >= 26 && rest <= 257) return rest - 2
  return rest >= 259 ? rest - 3 : undefined
}

/** Encodes with padding. @throws AppError like `payload.encode`. */
export const encodePadded = (value: Payload): Uint8Array<ArrayBuffer> => {
  const { padding: _, ...bare } = value
  const plain = payload.encode(bare)
  for (let wanted = paddedSize(plain.length); wanted < MAX_PAYLOAD_BYTES; wanted = paddedSize(wanted + 1)) {
    const padding = paddingFor(wanted - plain.length)
    if (padding !== undefined) return payload.encode({ ...bare, padding: new Uint8Array(padding) })
  }
  return plain
}
