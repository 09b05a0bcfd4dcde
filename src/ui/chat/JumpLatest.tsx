/** The way back to the end of a conversation, with how much is new there. */
import type { ReadonlySignal } from '@preact/signals'
import type { VNode } from 'preact'
import { formatBadge } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { Icon } from '../kit/Icon.tsx'
import { ChevronDown } from '../kit/icons.ts'

interface JumpLatestProps {
  readonly away: ReadonlySignal<boolean>
  readonly unread: number
  readonly onJump: () => void
}

export const JumpLatest = ({ away, unread, onJump }: JumpLatestProps): VNode | null => {
  if (!away.value) return null
  return (
    <button
      type="button"
      class="jump-latest"
      data-id="jump-latest"
      data-count={unread}
      aria-label={unread === 0 ? t('chat.jumpLatest') : t('chat.jumpLatestUnread', { count: unread })}
      onClick={onJump}
    >
      <Icon icon={ChevronDown} size={22} />
      {unread > 0 && <span class="badge">{formatBadge(unread)}</span>}
    </button>
  )
}
