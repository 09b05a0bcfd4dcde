/** Over the box: what is being answered or changed, and the way out of it. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import { IconButton } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { Pencil, Reply, X } from '../kit/icons.ts'
import { toLine } from './to-line.ts'
import type { ChatSession, ComposerMode } from './session.ts'

interface ComposerBannerProps {
  readonly mode: Exclude<ComposerMode, { kind: 'write' }>
  readonly session: ChatSession
  readonly onCancel: () => void
}

export const ComposerBanner = ({ mode, session, onCancel }: ComposerBannerProps): VNode => {
  const reply = mode.kind === 'reply'
  const id = reply ? mode.quote.message : mode.message
  const { text } = reply ? mode.quote : mode
  const name = reply ? (mode.quote.mine ? t('common.you') : mode.quote.author) : ''
  return (
    <div class="composer-banner" data-id={reply ? 'reply-banner' : 'edit-banner'}>
      <Icon icon={reply ? Reply : Pencil} size={18} flip={reply} />
      <button
        type="button"
        class="banner-text"
        onClick={() => {
          session.target.value = { kind: 'message', id, flash: true }
        }}
      >
        <b>{reply ? t('chat.replyingTo', { name }) : t('chat.editing')}</b>
        <span class="clip" dir="auto">
          {text === undefined ? t('chat.quoteGone') : toLine(text)}
        </span>
      </button>
      <IconButton icon={X} size={18} label={reply ? t('chat.cancelReply') : t('chat.cancelEdit')} onClick={onCancel} />
    </div>
  )
}
