/** The status ladder in one sign: clock, one tick, two ticks, two coloured ticks, a red mark. Silent: words stand beside it. */
import type { VNode } from 'preact'
import type { DeliveryState } from '../../model/delivery.ts'
import { Icon } from './Icon.tsx'
import { Check, CheckCheck, CircleAlert, Clock } from './icons.ts'

const SIGNS = {
  queued: Clock,
  sealed: Clock,
  held: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  failed: CircleAlert
} as const

export const Ticks = ({ state, size = 16 }: { readonly state: DeliveryState; readonly size?: number }): VNode => (
  <Icon icon={SIGNS[state]} size={size} class={`ticks ${state}`} stroke={2} />
)
