/** The unread count where it is seen without looking at the page: the tab's title and the app's badge. */
import { useEffect } from 'preact/hooks'
import { formatBadge } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { useChats } from './node.tsx'

interface Badging {
  setAppBadge?(count: number): Promise<void>
  clearAppBadge?(): Promise<void>
}

export const useUnreadTitle = (): void => {
  const unread = useChats()?.unreadTotal ?? 0
  const name = t('app.name')
  const badge = formatBadge(unread)
  useEffect(() => {
    document.title = unread === 0 ? name : `(${badge}) ${name}`
    const { setAppBadge, clearAppBadge }: Badging = navigator
    // a badge is an extra: where it is refused, the title still says it
    void (unread === 0 ? clearAppBadge?.call(navigator) : setAppBadge?.call(navigator, unread))?.catch(() => undefined)
  }, [unread, name, badge])
}
