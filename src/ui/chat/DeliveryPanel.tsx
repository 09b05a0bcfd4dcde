import type { VNode } from 'preact'
import type { ChatId, MessageId } from '../../model/ids.ts'

export const DeliveryPanel = ({ message }: { readonly chat: ChatId; readonly message: MessageId }): VNode => (
  <div data-screen="delivery">{message}</div>
)
