/** What stands between messages: days, the unread divider, the beginning of a conversation, and its emptiness. */
import type { VNode } from 'preact'
import type { ChatView } from '../../model/views.ts'
import { formatDate, formatDay } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { Empty } from '../kit/Feedback.tsx'
import { Icon } from '../kit/Icon.tsx'
import { Clock, Lock, MessageCircle, NotebookPen } from '../kit/icons.ts'
import { now } from '../state/now.ts'
import { dayKey } from './rows.ts'

/** A feed may own nothing but articles, so this is text, not a heading, to a screen reader. */
export const DayHeading = ({ at }: { readonly at: number }): VNode => (
  <div class="day-heading" data-id="day-heading" data-day={dayKey(at)} title={formatDate(at)}>
    <span>{formatDay(at, now.value)}</span>
  </div>
)

export const UnreadDivider = ({ count }: { readonly count: number }): VNode => (
  <div class="unread-divider" data-id="unread-divider">
    <span>{t('chat.unread', { count: Math.max(1, count) })}</span>
  </div>
)

const startText = ({ row: { kind, title } }: ChatView): string => {
  if (kind === 'self') return t('chat.startSelf')
  return kind === 'group' ? t('chat.startGroup') : t('chat.start', { name: title })
}

export const StartOfChat = ({ view }: { readonly view: ChatView }): VNode => (
  <div class="start-of-chat">
    <Icon icon={Lock} size={14} />
    <span>{startText(view)}</span>
  </div>
)

export const EmptyChat = ({ view }: { readonly view: ChatView }): VNode => {
  const { kind, title, standing } = view.row
  const self = kind === 'self'
  if (standing === 'joining')
    return (
      <div class="empty-chat">
        <Empty icon={Clock} title={t('chats.joining')} />
      </div>
    )
  return (
    <div class="empty-chat">
      <div class="empty">
        <span class="empty-icon">
          <Icon icon={self ? NotebookPen : MessageCircle} size={28} />
        </span>
        <h2>{self ? t('chat.emptySelfTitle') : t('chat.emptyTitle')}</h2>
        <p>
          {self
            ? t('chat.emptySelfText')
            : kind === 'group'
              ? t('chat.emptyGroupText')
              : t('chat.emptyText', { name: title })}
        </p>
      </div>
      <StartOfChat view={view} />
    </div>
  )
}

/** Shown by CSS only when it lasts. */
export const WaitingTimeline = (): VNode => (
  <div class="timeline waiting" role="status" aria-busy="true" aria-label={t('app.loading')}>
    <i style={{ inlineSize: '38%' }} />
    <i class="mine" style={{ inlineSize: '52%' }} />
    <i class="mine" style={{ inlineSize: '26%' }} />
    <i style={{ inlineSize: '46%' }} />
    <i class="mine" style={{ inlineSize: '34%' }} />
  </div>
)
