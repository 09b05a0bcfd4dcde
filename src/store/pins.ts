/** Pins of a chat: what is pinned now and, for late events, what was unpinned lately. */
import { compareText } from '../model/text.ts'
import type { ChatRecord } from './rows.ts'

/** Nobody looks through more; an attacker pins without end. */
const MAX_PINS = 64

export const findLastKept = (pins: NonNullable<ChatRecord['pins']>): NonNullable<ChatRecord['pins']> => {
  const all = Object.entries(pins)
  if (all.length <= MAX_PINS) return pins
  return Object.fromEntries(all.toSorted(([, a], [, b]) => compareText(b.order, a.order)).slice(0, MAX_PINS))
}
