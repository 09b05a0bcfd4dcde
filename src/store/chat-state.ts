/**
 * What events say about a chat as a whole (LG2): topic, timer, pins, who has read how far. Of each thing the last event in the
 * order wins, so any order of arrival gives the same.
 */
import { findLastKept } from './pins.ts'
import type { Content } from '../model/fold.ts'
import type { Did } from '../model/ids.ts'
import type { ChatRecord, EventRow, Said } from './rows.ts'

const later = <T>(before: Said<T> | undefined, value: T, { order }: EventRow): Said<T> =>
  before !== undefined && before.order > order ? before : { value, order }

/** Void events change nothing. */
export const foldChat = (chat: ChatRecord, fresh: readonly EventRow[], own: Did): ChatRecord =>
  fresh.reduce((next, row) => (row.void === undefined ? tell(next, row, own) : next), chat)

const tell = (chat: ChatRecord, row: EventRow, own: Did): ChatRecord => {
  const { content } = row
  switch (content?.kind) {
    case 'read-mark':
      return row.author === own ? chat : markRead(chat, row, content)
    case 'timer':
      return { ...chat, timer: later(chat.timer, content.seconds, row) }
    case 'pin': {
      const pins = { ...chat.pins, [content.message]: later(chat.pins?.[content.message], content.isPinned, row) }
      return { ...chat, pins: findLastKept(pins) }
    }
    case 'topic':
      return { ...chat, topic: toTopic(chat.topic, row, content) }
    default:
      return chat
  }
}

const toTopic = (
  before: ChatRecord['topic'],
  row: EventRow,
  { name, description, photo }: Extract<Content, { kind: 'topic' }>
): NonNullable<ChatRecord['topic']> => ({
  ...before,
  ...(name !== undefined && { name: later(before?.name, name, row) }),
  ...(description !== undefined && { description: later(before?.description, description, row) }),
  ...(photo !== undefined && { photo: later(before?.photo, photo, row) })
})

/** What others say they have read, of what any device of ours wrote. */
const markRead = (
  chat: ChatRecord,
  { author, time, arrivedAt }: EventRow,
  { upTo }: Extract<Content, { kind: 'read-mark' }>
): ChatRecord => {
  const at = Math.min(time, arrivedAt)
  const isGroup = chat.kind === 'group'
  const marks = { ...(isGroup ? chat.readBy?.[author] : chat.peerRead) }
  for (const { device, counter } of upTo) {
    // in a group it says how much they read of everybody; only ours concerns us
    if (isGroup && chat.chains[device] === undefined) continue
    if (counter > (marks[device]?.counter ?? 0)) marks[device] = { counter, at }
  }
  return isGroup ? { ...chat, readBy: { ...chat.readBy, [author]: marks } } : { ...chat, peerRead: marks }
}
