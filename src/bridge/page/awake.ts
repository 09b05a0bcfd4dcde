/** Whether the person looks at this page. */
export const sight = {
  isHidden: (): boolean => document.visibilityState === 'hidden',
  onHidden: (listener: () => void): void =>
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') listener()
    })
}

/** Calls `listener` when the person looks at this page again; the machine may have slept in between. */
export const onAwake = (listener: () => void): void =>
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') listener()
  })
