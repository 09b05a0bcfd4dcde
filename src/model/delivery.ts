/** The states of one of our own messages, and which may follow which. The UI draws ticks from this; tests walk it. */
export const DELIVERY_STATES = ['queued', 'sealed', 'held', 'delivered', 'read', 'failed'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

const NEXT: Readonly<Record<DeliveryState, readonly DeliveryState[]>> = {
  queued: ['sealed', 'failed'],
  sealed: ['held', 'delivered', 'read', 'failed'],
  held: ['delivered', 'read', 'failed'],
  delivered: ['read', 'failed'],
  read: [],
  // a retry starts over; a late receipt proves that it had arrived after all
  failed: ['queued', 'delivered', 'read']
}

export const mayFollow = (from: DeliveryState, to: DeliveryState): boolean => NEXT[from].includes(to)

/** The further of two states; a message never goes back, whatever order news arrives in. */
export const advance = (from: DeliveryState, to: DeliveryState): DeliveryState => (mayFollow(from, to) ? to : from)

/** How bytes reached the other device. */
export type Path = 'direct' | 'relayed' | 'none'
