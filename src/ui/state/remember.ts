/** Small things the page itself remembers (never messages, never names). Where storage is forbidden it just forgets. */
const PREFIX = 'cryptochat.'

export const recall = (key: string): string | undefined => {
  try {
    return localStorage.getItem(PREFIX + key) ?? undefined
  } catch {
    // forbidden by the browser: as if it had never been set
    return undefined
  }
}

export const remember = (key: string, value: string): boolean => {
  try {
    localStorage.setItem(PREFIX + key, value)
    return true
  } catch {
    // forbidden or full: the caller loses nothing but comfort
    return false
  }
}

/** The device was erased: the page forgets too. */
export const forgetAll = (): void => {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key)
  } catch {
    // forbidden by the browser: then nothing was ever kept
  }
}
