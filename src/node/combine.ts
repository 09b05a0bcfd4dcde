/**
 * One feed out of several sources: whenever one of them moves, `read` makes the next snapshot. The first waits until every
 * feed has spoken, so that nobody is shown half of it.
 */
import { latest } from '../base/latest.ts'

export interface Sources {
  /** Feeds whose newest value is kept for `read`. */
  readonly feeds?: readonly AsyncIterable<unknown>[]
  /** Anything that calls back at a change; each returns how to stop. */
  readonly nudges?: readonly ((moved: () => void) => () => void)[]
}

/** `values` are the newest of each feed. */
export const combine = <T>(
  { feeds = [], nudges = [] }: Sources,
  read: (values: readonly unknown[]) => Promise<T> | T
): AsyncIterable<T> =>
  latest((push, fail) => {
    const values: unknown[] = feeds.map(() => undefined)
    const silent = new Set(feeds.keys())
    const iterators = feeds.map((feed) => feed[Symbol.asyncIterator]())
    const state = { stopped: false, reading: false, again: false }

    const moved = async (): Promise<void> => {
      state.again = true
      if (state.reading || silent.size > 0) return
      state.reading = true
      try {
        while (state.again && !state.stopped) {
          state.again = false
          const value = await read(values)
          if (!state.stopped) push(value)
        }
      } catch (error) {
        if (!state.stopped) fail(error)
      } finally {
        state.reading = false
      }
    }

    const follow = async (iterator: AsyncIterator<unknown>, index: number): Promise<void> => {
      try {
        for (;;) {
          const { done, value } = await iterator.next()
          if (state.stopped || done === true) return
          values[index] = value
          silent.delete(index)
          void moved()
        }
      } catch (error) {
        if (!state.stopped) fail(error)
      }
    }

    iterators.forEach((iterator, index) => void follow(iterator, index))
    const stops = nudges.map((nudge) => nudge(() => void moved()))
    void moved()
    return () => {
      state.stopped = true
      for (const stop of stops) stop()
      for (const iterator of iterators) void iterator.return?.()
    }
  })
