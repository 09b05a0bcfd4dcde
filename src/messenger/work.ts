/**
 * Knows whether the messenger has anything to do by itself. Waiting for the network or for time to pass is not work, so a
 * simulation can tell "done until something arrives" exactly, without waiting for a while.
 */
export interface Work {
  run<T>(job: () => Promise<T>): Promise<T>
  /** Inside a job: waits for something that only the outside can bring. */
  outside<T>(waiting: Promise<T>): Promise<T>
  idle(): Promise<void>
  isIdle(): boolean
}

export const createWork = (): Work => {
  let count = 0
  let waiters: (() => void)[] = []
  const step = (by: 1 | -1): void => {
    count += by
    if (count > 0) return
    const done = waiters
    waiters = []
    for (const resolve of done) resolve()
  }
  return {
    run: async (job) => {
      step(1)
      try {
        return await job()
      } finally {
        step(-1)
      }
    },
    outside: async (waiting) => {
      step(-1)
      try {
        return await waiting
      } finally {
        step(1)
      }
    },
    idle: () => (count <= 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    isIdle: () => count <= 0
  }
}
