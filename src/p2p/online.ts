/** What the browser believes about the network: only a hint, but its changes say when to try again at once. */
export interface Online {
  isOnline(): boolean
  stop(): void
}

export const watchOnline = (onChange: () => void): Online => {
  if (typeof globalThis.addEventListener !== 'function') return { isOnline: () => true, stop: () => {} }
  globalThis.addEventListener('online', onChange)
  globalThis.addEventListener('offline', onChange)
  return {
    isOnline: () => globalThis.navigator?.onLine,
    stop: () => {
      globalThis.removeEventListener('online', onChange)
      globalThis.removeEventListener('offline', onChange)
    }
  }
}
