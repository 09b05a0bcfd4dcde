import type { VNode } from 'preact'
import type { ChatId, MessageId } from '../../model/ids.ts'

export const ChatScreen = ({ chat }: { readonly chat: ChatId; readonly at?: MessageId }): VNode => (
  <div data-screen="chat">{chat}</div>
)
