/** One job at a time, in order. A failed job rejects its own promise and does not stop the next. */
export interface Queue {
  run<T>(job: () => Promise<T>): Promise<T>
  /** Resolves when nothing is running or waiting. */
  idle(): Promise<void>
}

export const createQueue = (): Queue => {
  let tail: Promise<unknown> = Promise.resolve()
  let pending = 0
  return {
    run: (job) => {
      pending++
      const result = tail.then(job)
      tail = result.then(
        () => pending--,
        () => pending--
      )
      return result
    },
    idle: async () => {
      while (pending > 0) await tail
    }
  }
}

/** A queue per key (per chat, per session); a key without work takes no memory. */
export const createQueues = <Key>(): { run<T>(key: Key, job: () => Promise<T>): Promise<T>; idle(): Promise<void> } => {
  const queues = new Map<Key, { queue: Queue; users: number }>()
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
