/**
 * Messages that were sent in this very moment: shown at once, until the timeline holds them. The timeline may bring the
 * message before the call has answered its id, so one without an id claims the newest own message with its text.
 */
import type { Did, MessageId } from '../../model/ids.ts'
import type { Somebody } from '../../model/group-views.ts'
import type { MessageView, Quote } from '../../model/views.ts'

export interface Pending {
  /** The nonce of the call; also the row's key for as long as the row lives. */
  readonly key: string
  readonly text: string
  readonly at: number
  readonly quote?: Quote
  readonly mentions?: readonly Somebody[]
  /** Known once the call has answered. */
  readonly id?: MessageId
  /** Own messages that were there before: none of them is this one. */
  readonly before: ReadonlySet<MessageId>
}

export interface Merged {
  /** The timeline, then what it does not hold yet. */
  readonly messages: readonly MessageView[]
  /** Which message of the timeline was which pending one. */
  readonly found: ReadonlyMap<MessageId, Pending>
}

export const mergePending = (messages: readonly MessageView[], pending: readonly Pending[], author: Did): Merged => {
  if (pending.length === 0) return { messages, found: NONE_FOUND }
  const found = new Map<MessageId, Pending>()
  const waiting: MessageView[] = []
  for (const one of pending) {
    const arrived = messages.find((message) =>
      one.id === undefined
        ? message.mine && message.text === one.text && !one.before.has(message.id) && !found.has(message.id)
        : message.id === one.id
    )
    if (arrived === undefined) waiting.push(toMessage(one, author))
    else found.set(arrived.id, one)
  }
  return { messages: waiting.length === 0 ? messages : [...messages, ...waiting], found }
}

const NONE_FOUND: ReadonlyMap<MessageId, Pending> = new Map()

/** Ids of rows that the node does not know yet. */
export const pendingId = (key: string): MessageId => `pending ${key}` as MessageId
export const isPendingId = (id: MessageId): boolean => id.startsWith('pending ')

const toMessage = ({ key, text, at, quote, mentions }: Pending, author: Did): MessageView => ({
  id: pendingId(key),
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
  ...(quote === undefined ? {} : { quote }),
  ...(mentions === undefined ? {} : { mentions })
})
