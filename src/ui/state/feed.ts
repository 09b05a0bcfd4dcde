/**
 * From feeds to signals. `undefined` means that no snapshot has come yet, `null` that the node says there is nothing.
 * The last value stays while a failed feed is opened again, so nothing flickers when the node restarts.
 */
import { signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Feed } from '../../bridge/contract.ts'

/** A feed that ends or fails is opened again: at first at once, later every two seconds. */
const RETRY_MS = [50, 200, 500, 1000, 2000] as const

export type Shown<T> = undefined extends T ? Exclude<T, undefined> | null : T

export interface Watched<T> {
  readonly signal: ReadonlySignal<Shown<T> | undefined>
  start(): void
  stop(): void
  /** Stops, and lets go of the last value. */
  forget(): void
}

export const watchFeed = <T>(open: () => Feed<T>): Watched<T> => {
  const newest = signal<Shown<T> | undefined>(undefined)
  let generation = 0
  let iterator: AsyncIterator<T> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Pulls until the feed ends or fails, or `stop` has made another generation. */
  const pull = async (mine: number, failures: number): Promise<void> => {
    let failed = failures
    try {
      iterator = open()[Symbol.asyncIterator]()
      for (;;) {
        const step = await iterator.next()
        if (mine !== generation) return
        if (step.done === true) break
        failed = 0
        newest.value = (step.value === undefined ? null : step.value) as Shown<T>
      }
    } catch {
      // the node logs why; the page can only ask again
      failed++
    }
    if (mine !== generation) return
    timer = setTimeout(() => void pull(mine, failed + 1), RETRY_MS[Math.min(failed, RETRY_MS.length - 1)])
  }

  const stop = (): void => {
    generation++
    clearTimeout(timer)
    void iterator?.return?.()
    iterator = undefined
  }
  return {
    signal: newest,
    start: () => void pull(++generation, 0),
    stop,
    forget: () => {
      stop()
      newest.value = undefined
    }
  }
}

/** As a signal, so that only what reads it renders again. `key` says when it is another feed. */
export const useFeedSignal = <T>(key: string, open: () => Feed<T>): ReadonlySignal<Shown<T> | undefined> => {
  // the key stands for everything that `open` captures
  const watched = useMemo(() => watchFeed(open), [key])
  useEffect(() => {
    watched.start()
    return watched.stop
  }, [watched])
  return watched.signal
}

/** The newest snapshot while the component is there. */
export const useFeed = <T>(key: string, open: () => Feed<T>): Shown<T> | undefined => useFeedSignal(key, open).value
