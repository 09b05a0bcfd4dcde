/** The time for relative times on screen, moved on every 20 seconds and when the page is seen again. */
import { signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'
import { systemClock } from '../../base/clock.ts'

const TICK_MS = 20_000

const moving = signal(systemClock.now())
export const now: ReadonlySignal<number> = moving

/** The exact time, for what happens in this moment. */
export const rightNow = (): number => systemClock.now()

const tick = (): void => {
  moving.value = systemClock.now()
}

export const startNow = (): (() => void) => {
  const timer = setInterval(tick, TICK_MS)
  document.addEventListener('visibilitychange', tick)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', tick)
  }
}
