/** One message by its id, wherever in the chat it is. */
import { useEffect, useState } from 'preact/hooks'
import type { ChatId, MessageId } from '../../model/ids.ts'
import type { MessageView } from '../../model/views.ts'
import { useAppState } from './node.tsx'

export const useMessage = (chat: ChatId, id: MessageId | undefined): MessageView | undefined => {
  const { node } = useAppState()
  const [message, setMessage] = useState<MessageView>()
  useEffect(() => {
    if (id === undefined) return
    let gone = false
    const read = async (): Promise<void> => {
      for await (const timeline of node.watchTimeline(chat, { around: id, before: 0, after: 0 })) {
        const found = timeline.messages.find((one) => one.id === id)
        if (!gone && found !== undefined) setMessage(found)
        return
      }
    }
    read().catch(() => setMessage(undefined))
    return () => {
      gone = true
    }
  }, [node, chat, id])
  return message
}
