/** The status ladder of own messages: what is said, and what tests read. */
import type { DeliveryState } from '../../model/delivery.ts'
import type { MessageKey } from '../i18n/i18n.ts'

/** A person does not care whether a waiting message is sealed already. */
export type ShownStatus = Exclude<DeliveryState, 'sealed'>

export const shownStatus = (state: DeliveryState): ShownStatus => (state === 'sealed' ? 'queued' : state)

export const STATUS_TEXT = {
  queued: 'chat.status.queued',
  held: 'chat.status.held',
  delivered: 'chat.status.delivered',
  read: 'chat.status.read',
  failed: 'chat.status.failed'
} as const satisfies Readonly<Record<ShownStatus, MessageKey>>
