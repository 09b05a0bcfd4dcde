/** Who answers which question, and how often a device is answered. */
import type { DeviceId, Did } from '../../model/ids.ts'
import type { ContactRow } from '../../store/rows.ts'
import type { QuestionName, QuestionOf, ReplyTo } from '../../wire/ask.ts'

export interface Asker {
  readonly did: Did
  readonly device: DeviceId
  readonly contact: ContactRow
}

/** `undefined`: no such thing, or no right to it; the asker is not told which. */
export type Answerer<N extends QuestionName> = (
  asker: Asker,
  question: QuestionOf<N>
) => Promise<ReplyTo<N> | undefined>
/** By name; whoever can answer a question puts himself here when the messenger is made. */
export type Answerers = { [N in QuestionName]?: Answerer<N> }

/** A newcomer who fetches a long history asks some hundred times; who asks for ever is slowed to the rate. */
const MOST_CREDIT = 240
const CREDIT_A_SECOND = 2
export interface Credits {
  /** Takes `cost` from a device's credit; false when it has used it up. */
  take(device: DeviceId, cost: number, now: number): boolean
}

/** A device at a time fills up again by itself; whoever is full again is forgotten. */
export const createCredits = (): Credits => {
  const byDevice = new Map<DeviceId, { readonly left: number; readonly at: number }>()
  const leftOf = (device: DeviceId, now: number): number => {
    const known = byDevice.get(device)
    if (known === undefined) return MOST_CREDIT
    return Math.min(MOST_CREDIT, known.left + (Math.max(0, now - known.at) / 1000) * CREDIT_A_SECOND)
  }
  return {
    take: (device, cost, now) => {
      const left = leftOf(device, now)
      if (left < cost) return false
      byDevice.set(device, { left: left - cost, at: now })
      if (byDevice.size > 256) {
        for (const one of byDevice.keys()) if (leftOf(one, now) === MOST_CREDIT) byDevice.delete(one)
      }
      return true
    }
  }
}
