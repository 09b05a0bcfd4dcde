/** Marks a whole chat as read from outside of it: the newest message is asked for once. */
import type { NodeApi } from '../../bridge/api.ts'
import type { ChatId } from '../../model/ids.ts'

export const readAll = async (node: NodeApi, chat: ChatId): Promise<void> => {
  for await (const { messages } of node.watchTimeline(chat, { around: 'end', before: 0, after: 0 })) {
    const newest = messages.at(-1)
    if (newest !== undefined) await node.markRead(chat, newest.id)
    return
  }
}
