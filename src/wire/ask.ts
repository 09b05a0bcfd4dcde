/**
 * Questions from device to device and their answers. A question goes as an envelope of kind `ask` over a direct stream,
 * its answer comes back in the answer to that delivery, sealed to a key that came with the question: what is answered
 * (history above all) is then no worse protected than the mail was, whatever the stream is encrypted with.
 */
import { KiB } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { bindings } from './binding.ts'
import { MAX_DOCUMENT_BYTES } from './document.ts'
import { MAX_EVENT_BYTES } from './event.ts'
import { MAX_HEAD_BYTES } from './head.ts'
import { MAX_KEY_PACKAGE_BYTES } from './mls.ts'
import { MAX_NAME_CHARS } from './profile.ts'
import { bytes, field, fixed, flag, listOf, maybe, message, oneOf, text, uint, version, type Of } from './schema.ts'

/** An answer shares its frame with the seal (1.2 KiB) and the delivery's own fields. */
export const MAX_ASK_REPLY_BYTES = 60 * KiB
export const MAX_ASK_ANSWER_BYTES = 62 * KiB
/** What an answerer puts into one answer; more is asked for again. */
export const ASK_REPLY_ROOM = 56 * KiB
export const MAX_ASKED_IDS = 256
export const MAX_ASKED_RANGES = 64
export const MAX_ASKED_DOCUMENTS = 32
/** One message of set reconciliation. */
export const MAX_RECONCILE_BYTES = 32 * KiB

const askDocuments = message(
  'ask-documents',
  { max: 2 * KiB },
  { hashes: field(1, listOf(fixed(32), { min: 1, max: MAX_ASKED_DOCUMENTS })) }
)
const askKeyPackage = message('ask-key-package', { max: 64 }, { suite: field(1, text({ max: 32 })) })

const askReconcile = message(
  'ask-reconcile',
  { max: MAX_RECONCILE_BYTES + 128 },
  {
    conversation: field(1, fixed(32)),
    /** Ids are keyed by it: nobody can write events that seem equal. */
    nonce: field(2, fixed(16)),
    /** Claimed times from here on, milliseconds. */
    since: field(3, uint()),
    message: field(4, bytes({ min: 1, max: MAX_RECONCILE_BYTES }))
  }
)

/** Counters `from` to `to`, both included. */
const askedRange = message(
  'asked-range',
  { max: 64 },
  { device: field(1, fixed(32)), from: field(2, uint()), to: field(3, uint()) }
)

const askEvents = message(
  'ask-events',
  { max: 16 * KiB },
  {
    conversation: field(1, fixed(32)),
    ids: field(2, listOf(fixed(32), { max: MAX_ASKED_IDS })),
    ranges: field(3, listOf(askedRange, { max: MAX_ASKED_RANGES })),
    /** The nonce by which the ids are keyed; without it they are the events' own. */
    nonce: maybe(4, fixed(16)),
    since: maybe(5, uint())
  }
)

const askCommits = message('ask-commits', { max: 64 }, { group: field(1, fixed(32)), epoch: field(2, uint()) })

export const askQuestion = message(
  'ask-question',
  { max: 56 * KiB },
  {
    version: field(0, version(1)),
    /** X-Wing public key, a few minutes old at most. */
    key: field(1, fixed(1216)),
    documents: maybe(2, askDocuments),
    keyPackage: maybe(3, askKeyPackage),
    reconcile: maybe(4, askReconcile),
    events: maybe(5, askEvents),
    commits: maybe(6, askCommits)
  }
)
export type AskQuestion = Of<typeof askQuestion>

/** What can be asked. */
export const QUESTIONS = ['documents', 'keyPackage', 'reconcile', 'events', 'commits'] as const
export type QuestionName = (typeof QUESTIONS)[number]
export type QuestionOf<N extends QuestionName> = NonNullable<AskQuestion[N]>

/** @throws AppError as `decode`; `malformed` when it asks nothing or several things. */
export const readQuestion = (data: Uint8Array): AskQuestion & { readonly name: QuestionName } => {
  const question = askQuestion.decode(data)
  const [name, ...more] = QUESTIONS.filter((one) => question[one] !== undefined)
  if (name === undefined || more.length > 0) throw new AppError('malformed', 'a question asks one thing')
  return { ...question, name }
}

const askedDocument = message(
  'asked-document',
  { max: 58 * KiB },
  {
    document: field(1, bytes({ min: 1, max: MAX_DOCUMENT_BYTES })),
    head: maybe(2, bytes({ min: 1, max: MAX_HEAD_BYTES })),
    /** Of the devices that the answerer knows. */
    bindings: maybe(3, bindings),
    /** As they call themselves, by what the answerer knows; believed until they say it themselves. */
    name: maybe(4, text({ max: MAX_NAME_CHARS }))
  }
)
export type AskedDocument = Of<typeof askedDocument>

const replyDocuments = message(
  'reply-documents',
  { max: MAX_ASK_REPLY_BYTES },
  { documents: field(1, listOf(askedDocument, { max: MAX_ASKED_DOCUMENTS })) }
)
const replyKeyPackage = message(
  'reply-key-package',
  { max: 9 * KiB },
  { keyPackage: maybe(1, bytes({ min: 1, max: MAX_KEY_PACKAGE_BYTES })) }
)
const replyReconcile = message(
  'reply-reconcile',
  { max: MAX_ASK_REPLY_BYTES },
  { message: field(1, bytes({ min: 1, max: MAX_RECONCILE_BYTES })) }
)
const replyEvents = message(
  'reply-events',
  { max: MAX_ASK_REPLY_BYTES },
  {
    /** As they travel everywhere, oldest first. */
    events: field(1, listOf(bytes({ min: 1, max: MAX_EVENT_BYTES }), { max: MAX_ASKED_IDS })),
    /** There are more; ask again for what is still missing. */
    isCut: field(2, flag)
  }
)
const replyCommits = message(
  'reply-commits',
  { max: MAX_ASK_REPLY_BYTES },
  {
    commits: field(1, listOf(bytes({ min: 1, max: ASK_REPLY_ROOM }), { max: 64 })),
    /** There are more; ask again from a later epoch. */
    isCut: field(2, flag),
    /** Commits that do not fit into an answer were put into the mail to the asker. */
    isMailed: maybe(3, flag)
  }
)

export const askReply = message(
  'ask-reply',
  { max: MAX_ASK_REPLY_BYTES },
  {
    version: field(0, version(1)),
    documents: maybe(2, replyDocuments),
    keyPackage: maybe(3, replyKeyPackage),
    reconcile: maybe(4, replyReconcile),
    events: maybe(5, replyEvents),
    commits: maybe(6, replyCommits)
  }
)
export type AskReply = Of<typeof askReply>
export type ReplyTo<N extends QuestionName> = NonNullable<AskReply[N]>

/** `busy`: asked too often, try later. `nothing`: no such thing here, or nothing that the asker has a right to. */
export const askAnswer = message(
  'ask-answer',
  { max: MAX_ASK_ANSWER_BYTES },
  {
    version: field(0, version(1)),
    outcome: field(1, oneOf('answered', 'busy', 'nothing')),
    /** X-Wing ciphertext, then the reply under AES-256-GCM. */
    sealed: maybe(2, bytes({ min: 1120, max: MAX_ASK_ANSWER_BYTES - 32 }))
  }
)
export type AskAnswer = Of<typeof askAnswer>
