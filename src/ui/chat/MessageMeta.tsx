/** The quiet line in a bubble's last corner: pinned, disappearing, late, edited, the time, and the status of own messages. */
import type { VNode } from 'preact'
import { formatAgo, formatFull, formatTime } from '../i18n/format.ts'
import { direction, t } from '../i18n/i18n.ts'
import { Icon } from '../kit/Icon.tsx'
import { Hourglass, Pin } from '../kit/icons.ts'
import { Ticks } from '../kit/Ticks.tsx'
import { rightNow } from '../state/now.ts'
import { tabOf } from './message-props.ts'
import type { MessageProps } from './message-props.ts'
import { shownStatus, STATUS_TEXT } from './status.ts'

export const MessageMeta = (props: MessageProps): VNode => {
  const { message, actions } = props
  const status = message.delivery === undefined ? undefined : shownStatus(message.delivery)
  return (
    // the direction of the time must not follow, nor decide, the direction of the text
    <span class="meta" dir={direction.value}>
      {message.pinned === true && <Icon icon={Pin} size={12} label={t('pins.banner')} />}
      {message.endsAt !== undefined && <Ends at={message.endsAt} />}
      {message.late && (
        <span class="late" title={t('chat.lateLong', { when: formatFull(message.arrivedAt) })}>
          {t('chat.late')}
        </span>
      )}
      {message.edits.length > 0 && !message.removed && (
        <button type="button" class="edited" tabIndex={tabOf(props)} onClick={() => actions.history(message)}>
          {t('chat.edited')}
        </button>
      )}
      <time dateTime={new Date(message.at).toISOString()} title={formatFull(message.at)}>
        {formatTime(message.at)}
      </time>
      {status !== undefined && (
        <button
          type="button"
          tabIndex={tabOf(props)}
          class={`status ${status}`}
          data-id="status"
          aria-label={t(STATUS_TEXT[status])}
          title={t(STATUS_TEXT[status])}
          onClick={() => actions.info(message)}
        >
          <Ticks state={status} />
        </button>
      )}
    </span>
  )
}

/** What is left is said when it is looked at: a countdown in every bubble would never stand still. */
const Ends = ({ at }: { readonly at: number }): VNode => (
  <span
    class="ends"
    data-id="ends"
    title={t('timer.ends', { when: formatAgo(at, rightNow()) })}
    onPointerEnter={(event) => {
      event.currentTarget.title = t('timer.ends', { when: formatAgo(at, rightNow()) })
    }}
  >
    <Icon icon={Hourglass} size={12} label={t('timer.ends', { when: formatAgo(at, rightNow()) })} />
  </span>
)
