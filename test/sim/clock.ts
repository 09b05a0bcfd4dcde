/** Time that moves only when the test says so. */
import type { Clock } from '../../src/base/clock.ts'

export interface SimClock extends Clock {
  /** Moves time on and wakes those who slept until then, earliest first. */
  advance(ms: number): void
  /** How long until the next sleeper wakes; undefined when nobody sleeps. */
  untilNext(): number | undefined
  /** The same time, off by so much as is answered then: one device's own clock. */
  skewed(by: () => number): Clock
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

export const createSimClock = (start = Date.UTC(2026, 10, 20, 9)): SimClock => {
  let now = start
  let sleepers: Sleeper[] = []
  const sleep: Clock['sleep'] = (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason)
        return
      }
      const sleeper: Sleeper = { at: now + ms, wake: resolve }
      sleepers.push(sleeper)
      signal?.addEventListener(
        'abort',
        () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          reject(signal.reason)
        },
        { once: true }
      )
    })
  return {
    now: () => now,
    sleep,
    advance: (ms) => {
      now += ms
      const due = sleepers.filter(({ at }) => at <= now).toSorted((a, b) => a.at - b.at)
      sleepers = sleepers.filter(({ at }) => at > now)
      for (const { wake } of due) wake()
    },
    untilNext: () => (sleepers.length === 0 ? undefined : Math.max(0, Math.min(...sleepers.map(({ at }) => at)) - now)),
    skewed: (by) => ({ now: () => now + by(), sleep })
  }
}
