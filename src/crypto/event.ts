/**
 * LG1: making and checking events. The device signs the header; the header commits to the body, so that body and salt can
 * be deleted for good (LG5) while the chain stays verifiable. Nothing here knows whether a device may speak for its author.
 */
import { utf8 } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import {
  editBody,
  event,
  eventHeader,
  messageBody,
  reactionBody,
  readMarkBody,
  removalBody,
  type EditBody,
  type EventHeader,
  type MessageBody,
  type ReactionBody,
  type ReadMarkBody,
  type RemovalBody
} from '../wire/event.ts'
import {
  type MemberBody,
  memberBody,
  type PinBody,
  pinBody,
  readMemberBody,
  type TimerBody,
  timerBody,
  type TopicBody,
  topicBody
} from '../wire/group.ts'
import { type NoteBody, noteBody } from '../wire/note.ts'
import { type DeviceId, deviceIdFromKey, keyFromDeviceId } from './device-id.ts'
import { type Did, didFromKey, keyFromDid } from './did.ts'
import { DOMAINS } from './domains.ts'
import { signEd25519, verifyEd25519Fast } from './ed25519.ts'
import { equalSecrets, hashIn, hmac, inDomain } from './hash.ts'

/** The kinds we can read (LG2); others are kept. */
export type EventBody =
  | ({ readonly kind: 'message' } & Omit<MessageBody, 'version'>)
  | ({ readonly kind: 'edit' } & Omit<EditBody, 'version'>)
  | ({ readonly kind: 'reaction' } & Omit<ReactionBody, 'version'>)
  | ({ readonly kind: 'removal' } & Omit<RemovalBody, 'version'>)
  | ({ readonly kind: 'read-mark' } & Omit<ReadMarkBody, 'version'>)
  | ({ readonly kind: 'pin' } & Omit<PinBody, 'version'>)
  | ({ readonly kind: 'topic' } & Omit<TopicBody, 'version'>)
  | ({ readonly kind: 'timer' } & Omit<TimerBody, 'version'>)
  | ({ readonly kind: 'note' } & Omit<NoteBody, 'version'>)
  | ({ readonly kind: 'member' } & Omit<MemberBody, 'version'>)

export interface EventParts {
  readonly conversation: Uint8Array
  readonly did: string
  readonly device: string
  readonly counter: number
  /** Id of this device's event before; absent exactly at counter 1. */
  readonly previous?: Uint8Array
  readonly heads: readonly Uint8Array[]
  readonly time: number
  readonly tick: number
  readonly body: EventBody
}

export interface VerifiedEvent {
  readonly id: Uint8Array
  readonly conversation: Uint8Array
  readonly author: Did
  readonly device: DeviceId
  readonly counter: number
  readonly previous?: Uint8Array
  readonly heads: readonly Uint8Array[]
  readonly time: number
  readonly tick: number
  readonly kind: string
  /** What is kept, sent on and checked again: header and signature as received. */
  readonly header: Uint8Array
  readonly signature: Uint8Array
  /** `gone`: removed, only the header is here. `unknown`: from a newer version (EN5); keep it. */
  readonly body: EventBody | 'gone' | 'unknown'
  readonly bodyBytes?: Uint8Array
  readonly salt?: Uint8Array
}

export const eventId = (header: Uint8Array): Uint8Array => hashIn(DOMAINS.eventId, header)

/** The kind is in it too: a body committed to as one kind is never read as another. */
export const commitTo = (salt: Uint8Array, kind: string, body: Uint8Array): Uint8Array =>
  hmac(salt, inDomain(DOMAINS.commitment, hashIn(DOMAINS.commitment, utf8(kind)), body))

export const encodeBody = (body: EventBody): Uint8Array => {
  switch (body.kind) {
    case 'message':
      return messageBody.encode({ version: 1, text: body.text, replyTo: body.replyTo, mentions: body.mentions })
    case 'edit':
      return editBody.encode({ version: 1, target: body.target, text: body.text })
    case 'reaction':
      return reactionBody.encode({ version: 1, target: body.target, emoji: body.emoji })
    case 'removal':
      return removalBody.encode({ version: 1, target: body.target })
    case 'read-mark':
      return readMarkBody.encode({ version: 1, upTo: body.upTo })
    case 'pin':
      return pinBody.encode({ version: 1, target: body.target, isPinned: body.isPinned })
    case 'topic': {
      const { name, description, photo } = body
      return topicBody.encode({ version: 1, name, description, photo })
    }
    case 'timer':
      return timerBody.encode({ version: 1, seconds: body.seconds })
    case 'note':
      return noteBody.encode({ version: 1, update: body.update, isWhole: body.isWhole })
    case 'member': {
      const { kind: _, ...said } = body
      return memberBody.encode({ version: 1, ...said })
    }
  }
}

const decodeBody = (kind: string, bytes: Uint8Array): EventBody | 'unknown' => {
  switch (kind) {
    case 'message':
      return { kind, ...bare(messageBody.decode(bytes)) }
    case 'edit':
      return { kind, ...bare(editBody.decode(bytes)) }
    case 'reaction':
      return { kind, ...bare(reactionBody.decode(bytes)) }
    case 'removal':
      return { kind, ...bare(removalBody.decode(bytes)) }
    case 'read-mark':
      return { kind, ...bare(readMarkBody.decode(bytes)) }
    case 'pin':
      return { kind, ...bare(pinBody.decode(bytes)) }
    case 'topic':
      return { kind, ...bare(topicBody.decode(bytes)) }
    case 'timer':
      return { kind, ...bare(timerBody.decode(bytes)) }
    case 'note':
      return { kind, ...bare(noteBody.decode(bytes)) }
    case 'member':
      return { kind, ...bare(readMemberBody(bytes)) }
    default:
      return 'unknown'
  }
}

const bare = <T extends { readonly version: number }>(decoded: T): Omit<T, 'version'> => {
  const { version: _, ...rest } = decoded
  return rest
}

/** EN5: what a newer version wrote is `unknown`, not an error. @throws AppError `malformed` or `too-large`. */
export const readBody = (kind: string, bytes: Uint8Array): EventBody | 'unknown' => {
  try {
    return decodeBody(kind, bytes)
  } catch (error) {
    if (error instanceof AppError && error.code === 'needs-newer') return 'unknown'
    throw error
  }
}

/** Answers the event's bytes as they travel, and what `verifyEvent` would say of them. */
export const makeEvent = (
  parts: EventParts,
  deviceSeed: Uint8Array,
  random: Random
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly event: VerifiedEvent } => {
  const bodyBytes = encodeBody(parts.body)
  const salt = random.bytes(32)
  const header = eventHeader.encode({
    version: 1,
    conversation: parts.conversation,
    author: keyFromDid(parts.did),
    device: keyFromDeviceId(parts.device),
    counter: parts.counter,
    previous: parts.previous,
    heads: parts.heads,
    time: parts.time,
    tick: parts.tick,
    kind: parts.body.kind,
    commitment: commitTo(salt, parts.body.kind, bodyBytes)
  })
  const signature = signEd25519(DOMAINS.event, header, deviceSeed)
  const bytes = event.encode({ version: 1, header, signature, body: bodyBytes, salt })
  const said = eventHeader.decode(header)
  return { bytes, event: { ...outline(said, header, signature), body: parts.body, bodyBytes, salt } }
}

const outline = (said: EventHeader, header: Uint8Array, signature: Uint8Array): Omit<VerifiedEvent, 'body'> => ({
  id: eventId(header),
  conversation: said.conversation,
  author: didFromKey(said.author),
  device: deviceIdFromKey(said.device),
  counter: said.counter,
  ...(said.previous === undefined ? {} : { previous: said.previous }),
  heads: said.heads,
  time: said.time,
  tick: said.tick,
  kind: said.kind,
  header,
  signature
})

/**
 * Checks form, commitment and signature. Whether `device` belongs to `author` and whether `conversation` is the right one
 * is the caller's to check (ID6, LG0).
 * @throws AppError `malformed`, `too-large`, `needs-newer`, or `untrusted` when the signature or commitment does not hold.
 */
export const verifyEvent = async (bytes: Uint8Array): Promise<VerifiedEvent> => {
  const { header, signature, body, salt } = event.decode(bytes)
  const said = eventHeader.decode(header)
  if (said.counter < 1 || (said.counter === 1) !== (said.previous === undefined)) {
    throw new AppError('malformed', 'counter and previous do not fit')
  }
  if ((body === undefined) !== (salt === undefined)) throw new AppError('malformed', 'a body comes with its salt')
  if (!(await verifyEd25519Fast(DOMAINS.event, header, signature, said.device))) {
    throw new AppError('untrusted', 'event signature')
  }
  const known = outline(said, header, signature)
  if (body === undefined || salt === undefined) return { ...known, body: 'gone' }
  if (!equalSecrets(commitTo(salt, said.kind, body), said.commitment))
    throw new AppError('untrusted', 'event commitment')
  return { ...known, body: readBody(said.kind, body), bodyBytes: body, salt }
}

/** The bytes of a kept event; without its body when that is removed (LG5). */
export const packEvent = (
  kept: Pick<VerifiedEvent, 'header' | 'signature' | 'bodyBytes' | 'salt'>
): Uint8Array<ArrayBuffer> =>
  event.encode({
    version: 1,
    header: kept.header,
    signature: kept.signature,
    body: kept.bodyBytes,
    salt: kept.bodyBytes === undefined ? undefined : kept.salt
  })
