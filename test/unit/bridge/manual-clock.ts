/** A clock that stands still until it is told to go on. */
import type { Clock } from '../../../src/base/clock.ts'

export interface ManualClock extends Clock {
  /** Wakes everybody who sleeps until then, in order of time, and lets each of them act before the next. */
  advance(ms: number): Promise<void>
  /** The machine slept: everybody whose time came meanwhile wakes at once, late. */
  jump(ms: number): Promise<void>
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Lets everything that is ready run: promises, and messages of ports in the same process. */
export const settle = async (): Promise<void> => {
  for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve))
}

export const createManualClock = (): ManualClock => {
  let now = 1_000_000
  const sleepers = new Set<Sleeper>()
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason)
          return
        }
        const sleeper: Sleeper = { at: now + ms, wake: resolve }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => {
          if (sleepers.delete(sleeper)) reject(signal.reason)
        })
      }),
    advance: async (ms) => {
      const until = now + ms
      for (;;) {
        await settle()
        const next = [...sleepers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        sleepers.delete(next)
        now = next.at
        next.wake()
      }
      now = until
      await settle()
    },
    jump: async (ms) => {
      now += ms
      for (const sleeper of sleepers) {
        if (sleeper.at > now) continue
        sleepers.delete(sleeper)
        sleeper.wake()
      }
      await settle()
    }
  }
}
