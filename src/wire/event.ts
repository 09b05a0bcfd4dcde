/**
 * LG1: an event is a header that its author's device signed, and beside it the body to which the header commits, with
 * the salt of that commitment. Body and salt may be gone (LG5); the header stays. The id is the hash of the header bytes.
 */
import { KiB } from '../base/bytes.ts'
import { bytes, field, fixed, listOf, maybe, message, text, uint, version, type Of } from './schema.ts'

/** 16 Ki characters are at most 48 KiB of UTF-8; the rest is for other fields. */
export const MAX_BODY_BYTES = 50 * KiB
export const MAX_EVENT_BYTES = 52 * KiB
/** LG1: heads besides the own previous event. */
export const MAX_EVENT_HEADS = 3

export const eventHeader = message(
  'event-header',
  { max: KiB },
  {
    version: field(0, version(1)),
    conversation: field(1, fixed(32)),
    /** The author's did key and the device key that signs. */
    author: field(2, fixed(32)),
    device: field(3, fixed(32)),
    /** Counts this device's events in this conversation, from 1. */
    counter: field(4, uint()),
    /** Id of the same device's event before; absent exactly at counter 1. */
    previous: maybe(5, fixed(32)),
    /** Ids of other events that nobody followed yet. */
    heads: field(6, listOf(fixed(32), { max: MAX_EVENT_HEADS })),
    /** Hybrid time: milliseconds, then a tick among equal ones. */
    time: field(7, uint()),
    tick: field(8, uint({ max: 0xffff })),
    /** Open set: an unknown kind is kept and shown as "needs a newer version" (EN5). */
    kind: field(9, text({ max: 24 })),
    /** HMAC-SHA-256(salt, domain ‖ body). */
    commitment: field(10, fixed(32))
  }
)
export type EventHeader = Of<typeof eventHeader>

export const event = message(
  'event',
  { max: MAX_EVENT_BYTES },
  {
    version: field(0, version(1)),
    header: field(1, bytes({ min: 1, max: KiB })),
    signature: field(2, fixed(64)),
    body: maybe(3, bytes({ max: MAX_BODY_BYTES })),
    salt: maybe(4, fixed(32))
  }
)
export type SignedEvent = Of<typeof event>

/** How events travel inside other messages: as bytes, so that one unreadable event does not spoil the rest. */
export const MAX_EVENTS = 64
export const events = listOf(bytes({ min: 1, max: MAX_EVENT_BYTES }), { max: MAX_EVENTS })

// ── bodies (LG2) ──────────────────────────────────────────────────────────────────────────────────────────────────

export const MAX_TEXT_CHARS = 16 * KiB

export const MAX_MENTIONS = 64

export const messageBody = message(
  'body-message',
  { max: MAX_BODY_BYTES },
  {
    version: field(0, version(1)),
    text: field(1, text({ max: MAX_TEXT_CHARS })),
    replyTo: maybe(2, fixed(32)),
    /** Did keys of whom the text names. */
    mentions: maybe(3, listOf(fixed(32), { max: MAX_MENTIONS }))
  }
)
export type MessageBody = Of<typeof messageBody>

export const editBody = message(
  'body-edit',
  { max: MAX_BODY_BYTES },
  {
    version: field(0, version(1)),
    target: field(1, fixed(32)),
    text: field(2, text({ max: MAX_TEXT_CHARS }))
  }
)
export type EditBody = Of<typeof editBody>

/** One reaction a person and message; without `emoji` it is taken away. */
export const reactionBody = message(
  'body-reaction',
  { max: 256 },
  {
    version: field(0, version(1)),
    target: field(1, fixed(32)),
    emoji: maybe(2, text({ max: 32 }))
  }
)
export type ReactionBody = Of<typeof reactionBody>

export const removalBody = message(
  'body-removal',
  { max: 64 },
  { version: field(0, version(1)), target: field(1, fixed(32)) }
)
export type RemovalBody = Of<typeof removalBody>

const seen = message('seen', { max: 64 }, { device: field(1, fixed(32)), counter: field(2, uint()) })

/** Everything up to these counters has been seen: the highest one for each authoring device. */
export const readMarkBody = message(
  'body-read-mark',
  { max: 4 * KiB },
  {
    version: field(0, version(1)),
    upTo: field(1, listOf(seen, { min: 1, max: 64 }))
  }
)
export type ReadMarkBody = Of<typeof readMarkBody>
