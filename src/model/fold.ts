/**
 * LG3: what is shown is a pure function of the set of events. Any order of arrival and any duplication give the same result.
 * Order is by *order key*: comparing two keys as text is comparing the events' places in the conversation, so that a
 * database index can hold the order and one new event moves nothing that is already there.
 */
import { bytesToHex } from '../base/bytes.ts'
import { compareText } from './text.ts'
import type { Stamp } from './hybrid-time.ts'
import type { DeviceId, Did, MessageId } from './ids.ts'
import type { MemberChange } from './roster.ts'

/** What an event says (LG2). A body that we cannot read yet is `unknown` (EN5); a deleted one is absent (LG5). */
export type Content =
  | {
      readonly kind: 'message'
      readonly text: string
      readonly replyTo?: MessageId
      readonly mentions?: readonly Did[]
    }
  | { readonly kind: 'edit'; readonly target: MessageId; readonly text: string }
  | { readonly kind: 'reaction'; readonly target: MessageId; readonly emoji: string | null }
  | { readonly kind: 'removal'; readonly target: MessageId }
  | { readonly kind: 'read-mark'; readonly upTo: readonly { readonly device: DeviceId; readonly counter: number }[] }
  | { readonly kind: 'pin'; readonly message: MessageId; readonly isPinned: boolean }
  /** What is absent stays; an empty photo takes it away. */
  | {
      readonly kind: 'topic'
      readonly name?: string
      readonly description?: string
      readonly photo?: Uint8Array
    }
  | { readonly kind: 'timer'; readonly seconds: number }
  | { readonly kind: 'member'; readonly after: readonly string[]; readonly change: MemberChange }
  | { readonly kind: 'note'; readonly update: Uint8Array; readonly isWhole?: boolean }
  | { readonly kind: 'unknown' }

/** These are about the chat, not about one message: what they are filed under instead of a message's id. */
export const CHAT_KINDS = ['pin', 'topic', 'timer', 'member', 'note'] as const

/** An event as the fold sees it. */
export interface Told {
  readonly id: string
  readonly author: Did
  readonly time: number
  readonly order: string
  readonly content: Content | undefined
}

export interface FoldedMessage {
  readonly text: string
  readonly replyTo: MessageId | undefined
  readonly mentions?: readonly Did[]
  readonly removed: boolean
  readonly needsNewer: boolean
  /** Every earlier text, oldest first; the newest is `text`. */
  readonly edits: readonly { readonly text: string; readonly at: number }[]
  readonly reactions: readonly { readonly author: Did; readonly emoji: string }[]
}

// base 36: enough for every safe integer, and for 16 bits; then hex of 32 bytes
const TIME_DIGITS = 11
const TICK_DIGITS = 4
const ID_DIGITS = 64
const PART = TIME_DIGITS + TICK_DIGITS + ID_DIGITS
/** Each part of a key is another device's: more of them than a conversation has devices come from forks made to hurt. */
export const MAX_ORDER_CHARS = 24 * PART

const digits = (value: number, size: number): string => value.toString(36).padStart(size, '0')

/**
 * Place of an event, given the places of its parents. "Topological; among ready events lower claimed time, then id" is
 * the same as: an event stands in the group of the latest of its ancestors (itself included), and inside that group by the
 * same rule. Parts of a key therefore fall from left to right, each by another device, because a device's own times rise.
 */
export const orderKey = ({ time, tick }: Stamp, id: Uint8Array, parents: readonly string[]): string => {
  const own = digits(time, TIME_DIGITS) + digits(tick, TICK_DIGITS) + bytesToHex(id).padStart(ID_DIGITS, '0')
  const latest = parents.reduce((max, key) => (key > max ? key : max), '')
  let kept = 0
  while (kept < latest.length && latest.slice(kept, kept + PART) > own) kept += PART
  return latest.slice(0, kept) + own
}

/** The place before everything that claims this time or a later one (but for what hangs from an earlier claim). */
export const orderAt = (time: number): string => digits(Math.max(0, Math.floor(time)), TIME_DIGITS)

const byOrder = (a: Told, b: Told): number => compareText(a.order, b.order)

/**
 * A message and every event that names it, in whatever order they were found. Effects by those without the right are void.
 * `mayRemove`: who may take away what others wrote.
 */
export const foldMessage = (
  message: Told,
  effects: readonly Told[],
  mayRemove: (event: Told) => boolean = () => false
): FoldedMessage => {
  const inOrder = [...new Map(effects.map((event) => [event.id, event])).values()].toSorted(byOrder)
  const removed =
    message.content === undefined ||
    inOrder.some((event) => event.content?.kind === 'removal' && (event.author === message.author || mayRemove(event)))
  const base = { removed, reactions: [], edits: [], replyTo: undefined, text: '' }

  if (message.content?.kind === 'unknown') return { ...base, needsNewer: !removed }
  // LG2: an edit of a removed message is void, and so is everything else about it
  if (removed || message.content?.kind !== 'message') return { ...base, needsNewer: false }

  const texts = [{ text: message.content.text, at: message.time }]
  const emojiByAuthor = new Map<Did, string>()
  for (const { author, content, time } of inOrder) {
    // LG2: only an author edits
    if (content?.kind === 'edit' && author === message.author) texts.push({ text: content.text, at: time })
    if (content?.kind === 'reaction') {
      if (content.emoji === null) emojiByAuthor.delete(author)
      else emojiByAuthor.set(author, content.emoji)
    }
  }
  return {
    text: texts.at(-1)?.text ?? '',
    replyTo: message.content.replyTo,
    ...(message.content.mentions && { mentions: message.content.mentions }),
    removed: false,
    needsNewer: false,
    edits: texts.slice(0, -1),
    reactions: [...emojiByAuthor].map(([author, emoji]) => ({ author, emoji }))
  }
}
