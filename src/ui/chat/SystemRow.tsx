/** A line that nobody wrote: what happened in the chat, in words, with the action that fits. An article like its neighbours. */
import { Component } from 'preact'
import type { VNode } from 'preact'
import type { SystemLine } from '../../model/group-views.ts'
import type { ChatId } from '../../model/ids.ts'
import { systemText } from '../chats/system-text.ts'
import { formatFull, formatTime } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { Link } from '../Link.tsx'
import { tabOf } from './message-props.ts'
import type { MessageProps } from './message-props.ts'

export type SystemRowProps = MessageProps & { readonly chat: ChatId; readonly line: SystemLine }

/** Drawn again only when something of it changed, as messages are. */
export class SystemRow extends Component<SystemRowProps> {
  override shouldComponentUpdate(next: SystemRowProps): boolean {
    return (Object.keys(next) as (keyof SystemRowProps)[]).some((name) => next[name] !== this.props[name])
  }

  override render({ message, line, flashed, fresh, ...props }: SystemRowProps): VNode {
    const text = systemText(line)
    const alarm = line.kind === 'keys' && line.is === 'break'
    return (
      <article
        class={['message', 'system', flashed && 'flashed', fresh && 'fresh', alarm && 'alarm']
          .filter(Boolean)
          .join(' ')}
        data-id="system-line"
        data-kind={line.kind}
        data-message={message.id}
        aria-label={`${text}, ${formatTime(message.at)}`}
        aria-posinset={props.position}
        aria-setsize={-1}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the articles of a feed are walked with the keyboard
        tabIndex={tabOf(props)}
        title={formatFull(message.at)}
      >
        <p>
          <span dir="auto">{text}</span>
          <Action line={line} {...props} />
        </p>
      </article>
    )
  }
}

const Action = ({
  line,
  chat,
  actions,
  current,
  people
}: Pick<SystemRowProps, 'line' | 'chat' | 'actions' | 'current' | 'people'>): VNode | null => {
  const tabIndex = tabOf({ current })
  // only a contact has a safety number with us
  if (line.kind === 'keys' && !line.who.mine && (people === undefined || people.get(line.who.did)?.isContact === true))
    return (
      <Link
        class="system-action"
        to={{ name: 'contact', did: line.who.did }}
        tabIndex={tabIndex}
        data-id="system-compare"
      >
        {t('chat.compare')}
      </Link>
    )
  if (line.kind === 'pinned')
    return (
      <button
        type="button"
        class="system-action"
        tabIndex={tabIndex}
        data-id="system-show"
        onClick={() => actions.jump(line.message)}
      >
        {t('chat.showPinned')}
      </button>
    )
  if (line.kind === 'note')
    return (
      <Link class="system-action" to={{ name: 'note', chat }} tabIndex={tabIndex} data-id="system-note">
        {t('chat.openNote')}
      </Link>
    )
  return null
}
