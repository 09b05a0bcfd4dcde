/**
 * Web Locks as signs of life: whoever lives holds a lock, whoever cares waits for it. A lock is given back by the
 * browser when its tab or worker ends, however it ends; no message is needed.
 */
export interface LockOptions {
  readonly mode?: 'exclusive' | 'shared'
  readonly steal?: boolean
  readonly signal?: AbortSignal
}

/** The part of `navigator.locks` that we use. */
export interface Locks {
  request<T>(name: string, options: LockOptions, granted: () => Promise<T> | T): Promise<T>
}

/** Holds `name` until `release`. Resolves when it is held. */
export const holdLock = (locks: Locks, name: string): Promise<{ release(): void }> =>
  new Promise((resolve, reject) => {
    const held = Promise.withResolvers<void>()
    locks
      .request(name, {}, () => {
        resolve({ release: () => held.resolve() })
        return held.promise
      })
      .catch(reject)
  })

/** Calls `onGone` when whoever holds `name` lives no more. Returns how to stop waiting. */
export const whenGone = (locks: Locks, name: string, onGone: () => void): (() => void) => {
  const stopping = new AbortController()
  locks.request(name, { mode: 'shared', signal: stopping.signal }, onGone).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error
  })
  return () => stopping.abort()
}
