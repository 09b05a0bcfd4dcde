/**
 * `/cryptochat/directory/1`: public records at a relay (ID3, ID3a, ID5, IN1) and the door bell of an inbox (IN3).
 * One request, one answer. What is signed is carried as bytes and never encoded again (EN2); the domain of each
 * signature is named here and applied by whoever signs and verifies.
 */
import { AppError } from '../base/errors.ts'
import { KiB } from '../base/bytes.ts'
import { MAX_SEALED_CARD_BYTES } from './card.ts'
import { MAX_DOCUMENT_BYTES } from './document.ts'
import { MAX_HEAD_BYTES } from './head.ts'
import { bytes, field, fixed, listOf, maybe, message, oneOf, text, uint } from './schema.ts'
import type { Of } from './schema.ts'

export const DIRECTORY_PROTOCOL = '/cryptochat/directory/1'

/** A knock's answer is a deliver answer: a receipt and perhaps an acceptance. */
export const MAX_KNOCK_ANSWER_BYTES = 64 * KiB
/** ID5: the newest head and the proofs of duplicity beside it. */
export const MAX_HEADS_PER_DID = 4
const MAX_FRAME = 80 * KiB

const did = text({ max: 128 })
const peerId = text({ max: 80 })

/** What the writer of a card signs, under the domain `cardWrite`. `sealedHash` is absent when the card is taken back. */
export const cardStatement = message(
  'card-statement',
  { max: 256 },
  {
    id: field(1, fixed(32)),
    /** Milliseconds; a later statement replaces an earlier one. */
    issued: field(2, uint()),
    endsAt: field(3, uint()),
    sealedHash: maybe(4, fixed(32))
  }
)

/** What an account's head key signs, under the domain `attend`: this device, connected to this relay, rings for this did. */
export const attendStatement = message(
  'attend-statement',
  { max: 512 },
  {
    did: field(1, did),
    relay: field(2, peerId),
    device: field(3, peerId),
    issued: field(4, uint())
  }
)

/** A signed attend statement: what `Net.attendInbox`'s `makeProof` returns. */
export const attendProof = message(
  'attend-proof',
  { max: 640 },
  {
    statement: field(1, bytes({ max: 512 })),
    signature: field(2, fixed(64))
  }
)
export type AttendProof = Of<typeof attendProof>

export const putCardRequest = message(
  'put-card',
  { max: MAX_SEALED_CARD_BYTES + KiB },
  {
    statement: field(1, bytes({ max: 256 })),
    /** Ed25519. The first put of an id pins it. */
    writer: field(2, fixed(32)),
    signature: field(3, fixed(64)),
    sealed: maybe(4, bytes({ max: MAX_SEALED_CARD_BYTES }))
  }
)
export type PutCardRequest = Of<typeof putCardRequest>

export const publishRequest = message(
  'publish',
  { max: MAX_FRAME - KiB },
  {
    head: field(1, bytes({ max: MAX_HEAD_BYTES })),
    /** Left out when only the head is newer. */
    document: maybe(2, bytes({ max: MAX_DOCUMENT_BYTES }))
  }
)
export type PublishRequest = Of<typeof publishRequest>

export const knockRequest = message(
  'knock',
  { max: MAX_FRAME - 64 },
  {
    /** H('inbox' ‖ did): `inboxIdOf`. */
    inbox: field(1, fixed(32)),
    envelope: field(2, bytes({ min: 1, max: 79 * KiB }))
  }
)
export type KnockRequest = Of<typeof knockRequest>

/** Exactly one field is present: which one says what is asked. */
export const directoryRequest = message(
  'directory-request',
  { max: MAX_FRAME },
  {
    publish: maybe(1, publishRequest),
    heads: maybe(2, did),
    document: maybe(3, fixed(32)),
    dids: maybe(4, fixed(32)),
    putCard: maybe(5, putCardRequest),
    card: maybe(6, fixed(32)),
    attend: maybe(7, attendProof),
    knock: maybe(8, knockRequest)
  }
)
export type DirectoryRequest = Of<typeof directoryRequest>
export type DirectoryAsk = keyof DirectoryRequest

/**
 * `ok`: done, with what was asked for. `known`: exactly that is here already. `old`: something newer is here.
 * `absent`: not here, or nobody is home. `refused`: the bytes are no good and never will be. `needed`: send the document
 * too (or publish before attending). `full`, `busy`: a limit of ours; try elsewhere or later.
 */
export const DIRECTORY_OUTCOMES = ['ok', 'known', 'old', 'absent', 'refused', 'needed', 'full', 'busy'] as const
export type DirectoryOutcome = (typeof DIRECTORY_OUTCOMES)[number]

export const directoryAnswer = message(
  'directory-answer',
  { max: MAX_FRAME },
  {
    outcome: field(1, oneOf(...DIRECTORY_OUTCOMES)),
    heads: maybe(2, listOf(bytes({ max: MAX_HEAD_BYTES }), { max: MAX_HEADS_PER_DID })),
    document: maybe(3, bytes({ max: MAX_DOCUMENT_BYTES })),
    dids: maybe(4, listOf(did, { max: 4 })),
    sealed: maybe(5, bytes({ max: MAX_SEALED_CARD_BYTES })),
    /** Knock: who answered, and the bytes of its answer (`refused`: why). */
    device: maybe(6, peerId),
    answer: maybe(7, bytes({ max: MAX_KNOCK_ANSWER_BYTES })),
    why: maybe(8, text({ max: 80 }))
  }
)
export type DirectoryAnswer = Of<typeof directoryAnswer>

/** @throws AppError `malformed`, `too-large` or `needs-newer` */
export const readDirectoryRequest = (
  data: Uint8Array
): { readonly ask: DirectoryAsk; readonly request: DirectoryRequest } => {
  const request = directoryRequest.decode(data)
  const [ask, second] = (Object.keys(request) as DirectoryAsk[]).filter((key) => request[key] !== undefined)
  if (ask === undefined || second !== undefined) throw new AppError('malformed', 'not exactly one question')
  return { ask, request }
}
