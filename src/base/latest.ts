/**
 * A feed that keeps only the newest value: a slow reader skips, and `return` answers at once.
 * (A bare async generator cannot do this: its `return` queues behind a pending `next`.)
 */
export const latest = <T>(
  start: (push: (value: T) => void, fail: (error: unknown) => void) => () => void
): AsyncIterable<T> => ({
  [Symbol.asyncIterator]: () => {
    let newest: { readonly value: T } | undefined
    let failure: { readonly error: unknown } | undefined
    let waiting: PromiseWithResolvers<IteratorResult<T>> | undefined
    let ended = false

    const stop = start(
      (value) => {
        if (ended) return
        if (waiting === undefined) {
          newest = { value }
          return
        }
        waiting.resolve({ done: false, value })
        waiting = undefined
      },
      (error) => {
        if (ended) return
        if (waiting === undefined) failure = { error }
        else waiting.reject(error)
        waiting = undefined
      }
    )

    return {
      next: async () => {
        if (failure !== undefined) throw failure.error
        if (ended) return { done: true, value: undefined }
        if (newest !== undefined) {
          const { value } = newest
          newest = undefined
          return { done: false, value }
        }
        waiting = Promise.withResolvers()
        return await waiting.promise
      },
      return: async () => {
        if (!ended) {
          ended = true
          stop()
          waiting?.resolve({ done: true, value: undefined })
        }
        return { done: true, value: undefined }
      }
    }
  }
})
