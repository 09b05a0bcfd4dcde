/** A newer build is there: the page shows a banner and never reloads by itself. */
import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'

export interface Updates {
  /** Calls back with the present state at once, and at each change; the answer ends it. */
  watch(tell: (ready: boolean) => void): () => void
  /** Loads the new build. Drafts are in the database, the address keeps the place. */
  apply(): void
}

const UpdatesContext = createContext<Updates | undefined>(undefined)
export const UpdatesProvider = UpdatesContext.Provider

/** `undefined` while there is nothing to update to. */
export const useUpdate = (): (() => void) | undefined => {
  const updates = useContext(UpdatesContext)
  const [ready, setReady] = useState(false)
  useEffect(() => updates?.watch(setReady), [updates])
  return ready && updates !== undefined ? updates.apply : undefined
}
