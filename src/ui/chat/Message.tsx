/**
 * One message: bubble, quote, text, time and status, reactions, and the buttons that appear beside it. To a screen
 * reader it is one utterance: author, text, time, status. Drawn again only when something of it changed.
 */
import { Component } from 'preact'
import type { VNode } from 'preact'
import type { MessageId } from '../../model/ids.ts'
import type { MessageView } from '../../model/views.ts'
import { formatFull, formatTime } from '../i18n/format.ts'
import { direction, t } from '../i18n/i18n.ts'
import { IconButton } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { Ban, EllipsisVertical, Reply, RotateCw, SmilePlus, TriangleAlert } from '../kit/icons.ts'
import { Ticks } from '../kit/Ticks.tsx'
import { emojiSize } from './emoji-only.ts'
import { LongText } from './LongText.tsx'
import { Markup } from './Markup.tsx'
import { toLine } from './to-line.ts'
import { isPendingId } from './pending.ts'
import { shownStatus, STATUS_TEXT } from './status.ts'

export interface MessageActions {
  readonly reply: (message: MessageView) => void
  readonly react: (message: MessageView, emoji: string | null) => void
  readonly pickReaction: (message: MessageView, opener: HTMLElement) => void
  readonly openMenu: (
    message: MessageView,
    opener: HTMLElement,
    at?: { readonly x: number; readonly y: number }
  ) => void
  readonly jump: (id: MessageId) => void
  readonly retry: (message: MessageView) => void
  readonly info: (message: MessageView) => void
  readonly history: (message: MessageView) => void
}

export interface MessageProps {
  readonly message: MessageView
  readonly first: boolean
  readonly last: boolean
  /** Counted from the beginning of the chat, from 1. */
  readonly position: number
  /** The one that the keyboard reaches with Tab. */
  readonly current: boolean
  readonly flashed: boolean
  readonly marked: string
  /** Came or was sent while this conversation is open: it appears with a movement. */
  readonly fresh: boolean
  /** May be answered, reacted to, changed. */
  readonly writable: boolean
  readonly actions: MessageActions
}

/** Rows are many and snapshots frequent: compare before drawing. */
export class Message extends Component<MessageProps> {
  override shouldComponentUpdate(next: MessageProps): boolean {
    return (Object.keys(next) as (keyof MessageProps)[]).some((name) => next[name] !== this.props[name])
  }

  override render(props: MessageProps): VNode {
    return <MessageArticle {...props} />
  }
}

/** Tab walks through the buttons of one message only; arrows walk the messages. */
const tabOf = ({ current }: MessageProps): 0 | -1 => (current ? 0 : -1)

const utterance = (message: MessageView): string => {
  const author = message.mine ? t('common.you') : message.authorName
  const text = message.removed ? t('chat.removed') : message.needsNewer ? t('chat.needsNewer') : message.text
  const status = message.delivery === undefined ? '' : t(STATUS_TEXT[shownStatus(message.delivery)])
  const edited = message.edits.length > 0 ? t('chat.edited') : ''
  return [`${author}: ${text}`, formatTime(message.at), edited, status].filter(Boolean).join(', ')
}

const MessageArticle = (props: MessageProps): VNode => {
  const { message, first, last, position, current, flashed, fresh } = props
  const status = message.delivery === undefined ? undefined : shownStatus(message.delivery)
  const plain = !message.removed && !message.needsNewer
  const size = plain && message.quote === undefined ? emojiSize(message.text) : undefined
  const look = [
    'message',
    message.mine ? 'mine' : 'theirs',
    first && 'first',
    last && 'last',
    size,
    flashed && 'flashed',
    fresh && 'fresh',
    message.reactions.length > 0 && 'reacted',
    status === 'failed' && 'failed'
  ]
  return (
    <article
      class={look.filter(Boolean).join(' ')}
      data-id="message"
      data-message={message.id}
      data-mine={String(message.mine)}
      data-status={status}
      data-removed={message.removed ? 'true' : undefined}
      data-edited={message.edits.length > 0 ? 'true' : undefined}
      aria-label={utterance(message)}
      aria-posinset={position}
      aria-setsize={-1}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the articles of a feed are walked with the keyboard
      tabIndex={current ? 0 : -1}
    >
      <div class="beside">
        <div class="bubble">
          <Bubble {...props} plain={plain} />
        </div>
        {!isPendingId(message.id) && <Tools {...props} writable={plain && props.writable} />}
      </div>
      {status === 'failed' && (
        <button
          type="button"
          class="retry"
          data-id="retry"
          tabIndex={tabOf(props)}
          onClick={() => props.actions.retry(message)}
        >
          <Icon icon={RotateCw} size={14} />
          {t('chat.retry')}
        </button>
      )}
    </article>
  )
}

const Bubble = (props: MessageProps & { readonly plain: boolean }): VNode => {
  const { message, plain, actions } = props
  return (
    <>
      {plain && message.quote !== undefined && <QuoteButton {...props} />}
      <div class="content" dir="auto">
        {message.removed ? (
          <span class="gone">
            <Icon icon={Ban} size={15} />
            {message.mine ? t('chat.removedByYou') : t('chat.removed')}
          </span>
        ) : message.needsNewer ? (
          <span class="gone">
            <Icon icon={TriangleAlert} size={15} />
            {t('chat.needsNewer')}
          </span>
        ) : (
          <LongText text={message.text}>
            <Markup text={message.text} marked={props.marked} />
          </LongText>
        )}
        <Meta {...props} />
      </div>
      {plain && message.reactions.length > 0 && (
        <div class="reactions">
          {message.reactions.map((reaction) => (
            <button
              key={reaction.emoji}
              type="button"
              tabIndex={tabOf(props)}
              class="reaction"
              data-id="reaction"
              data-emoji={reaction.emoji}
              data-count={reaction.count}
              data-mine={String(reaction.mine)}
              aria-pressed={reaction.mine}
              aria-label={t('chat.reaction', { emoji: reaction.emoji, names: reaction.names.join(', ') })}
              title={reaction.names.join(', ')}
              onClick={() => actions.react(message, reaction.mine ? null : reaction.emoji)}
            >
              <span aria-hidden="true">{reaction.emoji}</span>
              {reaction.count > 1 && <span>{reaction.count}</span>}
            </button>
          ))}
        </div>
      )}
    </>
  )
}

const Meta = (props: MessageProps): VNode => {
  const { message, actions } = props
  const status = message.delivery === undefined ? undefined : shownStatus(message.delivery)
  return (
    // the direction of the time must not follow, nor decide, the direction of the text
    <span class="meta" dir={direction.value}>
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

const QuoteButton = (props: MessageProps): VNode | null => {
  const { actions } = props
  const { quote } = props.message
  if (quote === undefined) return null
  const author = quote.mine ? t('common.you') : quote.author
  const text = quote.text === undefined ? t('chat.quoteGone') : toLine(quote.text)
  return (
    <button
      type="button"
      tabIndex={tabOf(props)}
      class="quote"
      data-id="quote"
      disabled={quote.text === undefined}
      onClick={() => actions.jump(quote.message)}
    >
      <span class="sr-only">{t('chat.quoteOf', { name: author, text })}</span>
      <b aria-hidden="true">
        <bdi>{author}</bdi>
      </b>
      <span class={quote.text === undefined ? 'gone' : undefined} dir="auto" aria-hidden="true">
        {text}
      </span>
    </button>
  )
}

const Tools = ({ message, writable, actions }: MessageProps): VNode => (
  <div class="tools">
    {writable && (
      <>
        <IconButton
          icon={SmilePlus}
          size={18}
          label={t('chat.react')}
          tabIndex={-1}
          onClick={(event) => actions.pickReaction(message, event.currentTarget)}
        />
        <IconButton
          icon={Reply}
          size={18}
          flip
          label={t('chat.reply')}
          tabIndex={-1}
          onClick={() => actions.reply(message)}
        />
      </>
    )}
    <IconButton
      icon={EllipsisVertical}
      size={18}
      label={t('chat.messageMenu')}
      tabIndex={-1}
      data-id="message-menu"
      aria-haspopup="menu"
      onClick={(event) => actions.openMenu(message, event.currentTarget)}
    />
  </div>
)
