/**
 * LG2: which messages disappear, and when. A timer decides for what follows it in the order of the log, so every device
 * says the same of every message, whatever came first. Counted from the time that a message shows: what its author claims,
 * or its arrival where that was before.
 */
import { shownTime } from './hybrid-time.ts'

/** A timer event with effect. 0: what follows stays. */
export interface TimerSet {
  readonly order: string
  readonly seconds: number
}

/** In the order of the log, equal neighbours once. */
export const sortTimers = (given: Iterable<TimerSet>): readonly TimerSet[] =>
  [...given]
    .toSorted((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
    .filter(({ order }, index, all) => all[index - 1]?.order !== order)

/** `timers` as `sortTimers` gives them. */
export const secondsFor = (timers: readonly TimerSet[], order: string): number => {
  let [low, high] = [0, timers.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((timers[middle]?.order ?? '') < order) low = middle + 1
    else high = middle
  }
  return timers[low - 1]?.seconds ?? 0
}

interface Shown {
  readonly order: string
  readonly time: number
  readonly arrivedAt: number
}

export const endOf = (timers: readonly TimerSet[], { order, time, arrivedAt }: Shown): number | undefined => {
  const seconds = secondsFor(timers, order)
  return seconds === 0 ? undefined : shownTime(time, arrivedAt) + seconds * 1000
}

/** The stretches of a log in which messages disappear: from an order to another, or to the end. */
export const spansOf = (
  timers: readonly TimerSet[]
): readonly { readonly from: string; readonly to: string | undefined }[] =>
  timers.flatMap(({ order, seconds }, index) => (seconds === 0 ? [] : [{ from: order, to: timers[index + 1]?.order }]))
