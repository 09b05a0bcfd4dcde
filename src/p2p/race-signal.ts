/** Waits for work that others wait for too: whoever gives up leaves it running. @throws the reason, or what the work threw */
export const raceSignal = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  // whoever gives up first, the other's failure is not left unhandled
  work.catch(() => undefined)
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
