/** What was written in a chat and has reached nobody. */
import type { NodeApi } from '../../bridge/api.ts'
import type { ChatId } from '../../model/ids.ts'

/** What waits is at the end of a chat: nobody writes hundreds of messages into the void. */
const LOOK_BACK = 500
const WAITING = new Set(['queued', 'sealed', 'failed'])

export const readUnsent = async (node: NodeApi, chat: ChatId): Promise<readonly string[]> => {
  for await (const { messages } of node.watchTimeline(chat, { around: 'end', before: LOOK_BACK, after: 0 })) {
    return messages
      .filter(({ mine, removed, delivery, text }) => mine && !removed && text !== '' && WAITING.has(delivery ?? ''))
      .map(({ text }) => text)
  }
  return []
}
