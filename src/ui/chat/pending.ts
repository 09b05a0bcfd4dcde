/**
 * Messages that were sent in this very moment: shown at once, until the timeline holds them. The timeline may bring the
 * message before the call has answered its id, so one without an id claims the newest own message with its text.
 */
import type { Did, MessageId } from '../../model/ids.ts'
import type { MessageView, Quote } from '../../model/views.ts'

export interface Pending {
  /** The nonce of the call; also the row's key for as long as the row lives. */
  readonly key: string
  readonly text: string
  readonly at: number
  readonly quote?: Quote
  /** Known once the call has answered. */
  readonly id?: MessageId
  /** Own messages that were there before: none of them is this one. */
  readonly before: ReadonlySet<MessageId>
}

export interface Merged {
  /** The timeline, then what it does not hold yet. */
  readonly messages: readonly MessageView[]
  /** A message that was pending keeps its row. */
  readonly keyById: ReadonlyMap<MessageId, string>
}

export const mergePending = (messages: readonly MessageView[], pending: readonly Pending[], author: Did): Merged => {
  if (pending.length === 0) return { messages, keyById: NO_KEYS }
  const keyById = new Map<MessageId, string>()
  const waiting: MessageView[] = []
  for (const one of pending) {
    const found = messages.find((message) =>
      one.id === undefined
        ? message.mine && message.text === one.text && !one.before.has(message.id) && !keyById.has(message.id)
        : message.id === one.id
    )
    if (found === undefined) waiting.push(toMessage(one, author))
    else keyById.set(found.id, one.key)
  }
  return { messages: waiting.length === 0 ? messages : [...messages, ...waiting], keyById }
}

const NO_KEYS: ReadonlyMap<MessageId, string> = new Map()

/** Ids of rows that the node does not know yet. */
export const isPendingId = (id: MessageId): boolean => id.startsWith('pending ')

const toMessage = ({ key, text, at, quote }: Pending, author: Did): MessageView => ({
  id: `pending ${key}` as MessageId,
  mine: true,
  author,
  authorName: '',
  text,
  at,
  arrivedAt: at,
  late: false,
  removed: false,
  edits: [],
  reactions: [],
  delivery: 'queued',
  needsNewer: false,
  ...(quote === undefined ? {} : { quote })
})
