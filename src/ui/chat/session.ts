/**
 * What one open conversation knows that no feed tells: what is being written, what was sent this moment, where to jump.
 * Lives as long as the screen; the positions outlive it, so that every chat is found again where it was left.
 */
import { signal } from '@preact/signals'
import type { Signal } from '@preact/signals'
import type { ChatId, MessageId } from '../../model/ids.ts'
import type { MessageView, Quote } from '../../model/views.ts'
import type { Anchor } from './anchor.ts'
import type { Pending } from './pending.ts'

export type ComposerMode =
  | { readonly kind: 'write' }
  | { readonly kind: 'reply'; readonly quote: Quote }
  | { readonly kind: 'edit'; readonly message: MessageId; readonly text: string }

/** Where the list shall go once the timeline holds it. A fresh object each time, so that the same jump works twice. */
export type Target =
  | { readonly kind: 'end'; readonly smooth: boolean }
  | { readonly kind: 'message'; readonly id: MessageId; readonly flash: boolean }
  | { readonly kind: 'date'; readonly at: number }

export type Asked =
  | { readonly about: 'remove'; readonly message: MessageView }
  | { readonly about: 'history'; readonly message: MessageView }
  | { readonly about: 'reaction'; readonly message: MessageView; readonly opener: HTMLElement }

export interface ChatSession {
  readonly chat: ChatId
  readonly mode: Signal<ComposerMode>
  readonly pending: Signal<readonly Pending[]>
  readonly target: Signal<Target | undefined>
  /** What is searched for: marked in the messages. */
  readonly marked: Signal<string>
  readonly searching: Signal<boolean>
  readonly flashed: Signal<MessageId | undefined>
  /** A message being asked about: delete it, react to it, see how it was before. */
  readonly asked: Signal<Asked | undefined>
  /** The row keys of messages that were sent from here, so that a row outlives the moment its message gets an id. */
  readonly rowKeys: Map<MessageId, MessageId>
  /** What the list shows now, oldest first; for ↑, quotes and gestures. */
  shown: readonly MessageView[]
  /** Puts the keyboard focus into the composer; set by the composer while it is there. */
  focusComposer: () => void
}

export const createChatSession = (chat: ChatId): ChatSession => ({
  chat,
  mode: signal<ComposerMode>({ kind: 'write' }),
  pending: signal<readonly Pending[]>([]),
  target: signal<Target | undefined>(undefined),
  marked: signal(''),
  searching: signal(false),
  flashed: signal<MessageId | undefined>(undefined),
  asked: signal<Asked | undefined>(undefined),
  rowKeys: new Map(),
  shown: [],
  focusComposer: () => undefined
})

/** Where each chat was left, while the page lives. A chat that was left at its end has no entry. */
const positions = new Map<ChatId, Anchor>()

export const savePosition = (chat: ChatId, anchor: Anchor | undefined): void => {
  if (anchor === undefined) positions.delete(chat)
  else positions.set(chat, anchor)
}
export const savedPosition = (chat: ChatId): Anchor | undefined => positions.get(chat)

export const quoteOf = (message: MessageView): Quote => ({
  message: message.id,
  author: message.authorName,
  mine: message.mine,
  // the node cuts quotes at the same length
  ...(message.removed ? {} : { text: message.text.slice(0, 200) })
})
