/** The lock as a feed: the same in every window. */
import type { LockView } from '../../model/security-views.ts'
import { useFeed } from './feed.ts'
import { useAppState } from './node.tsx'

export const useLock = (): LockView | undefined => {
  const { node } = useAppState()
  return useFeed('lock', () => node.watchLock())
}
