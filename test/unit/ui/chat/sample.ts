/** Messages and timelines for the tests of the conversation: only what a test cares about is said. */
import type { ChatId, Did, MessageId } from '../../../../src/model/ids.ts'
import type { MessageView, Timeline } from '../../../../src/model/views.ts'

export const ME = 'did:key:me' as Did
export const BOB = 'did:key:bob' as Did
export const CHAT = 'chat' as ChatId
export const id = (name: string | number): MessageId => `m${name}` as MessageId
export const NOON = new Date(2026, 10, 19, 12, 0).getTime()
export const MINUTE = 60_000

export const message = (name: string | number, change: Partial<MessageView> = {}): MessageView => {
  const mine = change.mine ?? false
  return {
    id: id(name),
    mine,
    author: mine ? ME : BOB,
    authorName: mine ? 'Alice' : 'Bob',
    text: `text ${name}`,
    at: NOON,
    arrivedAt: NOON,
    late: false,
    removed: false,
    edits: [],
    reactions: [],
    needsNewer: false,
    ...(mine ? { delivery: 'delivered' as const } : {}),
    ...change
  }
}

export const timeline = (messages: readonly MessageView[], change: Partial<Timeline> = {}): Timeline => ({
  chat: CHAT,
  messages,
  atStart: true,
  atEnd: true,
  offset: 0,
  total: messages.length,
  unread: 0,
  ...change
})
