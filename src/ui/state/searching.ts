/** Hits for what is typed, as they come. What was found for the letters before stays until the next are there. */
import { useEffect, useState } from 'preact/hooks'
import type { SearchFilter, SearchView } from '../../model/views.ts'
import { watchFeed } from './feed.ts'
import { useAppState } from './node.tsx'

/** A pause in typing: searching on every letter would only make results jump. */
const PAUSE_MS = 120

export interface Found extends SearchView {
  /** What it was that found these. */
  readonly query: string
}

/** `undefined` until the first hits, and without a query. */
export const useSearch = (query: string, filter: SearchFilter): Found | undefined => {
  const { node } = useAppState()
  const [found, setFound] = useState<Found>()
  const { chat, author, from, to } = filter
  useEffect(() => {
    if (query === '') {
      setFound(undefined)
      return
    }
    const watched = watchFeed(() => node.watchSearch(query, filter))
    const release = watched.signal.subscribe((view) => {
      if (view !== undefined && view !== null) setFound({ ...view, query })
    })
    const timer = setTimeout(watched.start, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      release()
      watched.stop()
    }
  }, [node, query, chat, author, from, to])
  return query === '' ? undefined : found
}
