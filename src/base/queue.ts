/** One job at a time, in order. A failed job rejects its own promise and does not stop the next. */
export interface Queue {
  run<T>(job: () => Promise<T>): Promise<T>
  /** Resolves when nothing is running or waiting. */
  idle(): Promise<void>
}

export const createQueue = (): Queue => {
  let tail: Promise<unknown> = Promise.resolve()
  return {
    run: (job) => {
      const result = tail.then(job)
      tail = result.catch(() => undefined) // the caller has the failure; the next job runs all the same
      return result
    },
    idle: async () => {
      for (let seen: unknown; seen !== tail;) {
        seen = tail
        await tail
      }
    }
  }
}

/** A queue per key (per chat, per session); a key without work takes no memory. */
export const createQueues = (): { run<T>(key: string, job: () => Promise<T>): Promise<T>; idle(): Promise<void> } => {
  const queues = new Map<string, { queue: Queue; users: number }>()
  return {
    run: async (key, job) => {
      const entry = queues.get(key) ?? { queue: createQueue(), users: 0 }
      queues.set(key, entry)
      entry.users++
      try {
        return await entry.queue.run(job)
      } finally {
        if (--entry.users === 0) queues.delete(key)
      }
    },
    idle: async () => {
      while (queues.size > 0) await Promise.all([...queues.values()].map(({ queue }) => queue.idle()))
    }
  }
}
