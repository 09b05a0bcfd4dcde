/** The pinned messages over the conversation: the newest first; each press jumps to the one shown and brings the one before it. */
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ChatView } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Icon } from '../kit/Icon.tsx'
import { Pin } from '../kit/icons.ts'
import type { ChatSession } from './session.ts'
import { toLine } from './to-line.ts'

/** More segments than this are too thin to be seen. */
const MAX_SEGMENTS = 5

interface PinnedBannerProps {
  readonly session: ChatSession
  readonly pinned: NonNullable<ChatView['pinned']>
}

export const PinnedBanner = ({ session, pinned }: PinnedBannerProps): VNode | null => {
  // counted from the newest, so that a new pin is what is shown next
  const [back, setBack] = useState(0)
  useEffect(() => setBack(0), [pinned.length])
  const index = pinned.length - 1 - (back % Math.max(1, pinned.length))
  const shown = pinned[index]
  if (shown === undefined) return null
  const text = toLine(shown.text) || t('pins.empty')
  const segments = Math.min(pinned.length, MAX_SEGMENTS)
  const on = Math.min(segments - 1, Math.floor((index / pinned.length) * segments))
  return (
    <button
      type="button"
      class="pinned-banner"
      data-id="pinned-banner"
      onClick={() => {
        session.target.value = { kind: 'message', id: shown.message, flash: true }
        setBack(back + 1)
      }}
    >
      <span class="pinned-segments" aria-hidden="true">
        {Array.from({ length: segments }, (_, at) => (
          <i key={at} class={at === on ? 'on' : ''} />
        ))}
      </span>
      <span class="pinned-words">
        <span class="sr-only">{`${t('pins.go')}: `}</span>
        <b>{pinned.length === 1 ? t('pins.banner') : t('pins.bannerOf', { at: index + 1, total: pinned.length })}</b>
        <span class="clip" dir="auto">
          {text}
        </span>
      </span>
      <Icon icon={Pin} size={16} class="faint" />
    </button>
  )
}
