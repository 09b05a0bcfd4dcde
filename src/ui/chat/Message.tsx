/**
 * One message: bubble, quote, text, time and status, reactions, and the buttons that appear beside it. To a screen
 * reader it is one utterance: author, text, time, status. Drawn again only when something of it changed.
 */
import { Component } from 'preact'
import type { VNode } from 'preact'
import type { MessageView } from '../../model/views.ts'
import { formatTime } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { IconButton } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { Ban, EllipsisVertical, Reply, RotateCw, SmilePlus, TriangleAlert } from '../kit/icons.ts'
import { Link } from '../Link.tsx'
import { emojiSize } from './emoji-only.ts'
import { LongText } from './LongText.tsx'
import { Markup } from './Markup.tsx'
import { tabOf } from './message-props.ts'
import type { MessageProps } from './message-props.ts'
import { MessageMeta } from './MessageMeta.tsx'
import { faceOf } from './people.ts'
import type { People } from './people.ts'
import { toLine } from './to-line.ts'
import { isPendingId } from './pending.ts'
import { shownStatus, STATUS_TEXT } from './status.ts'

/** Rows are many and snapshots frequent: compare before drawing. */
export class Message extends Component<MessageProps> {
  override shouldComponentUpdate(next: MessageProps): boolean {
    return (Object.keys(next) as (keyof MessageProps)[]).some((name) => next[name] !== this.props[name])
  }

  override render(props: MessageProps): VNode {
    return <MessageArticle {...props} />
  }
}

const utterance = (message: MessageView): string => {
  const author = message.mine ? t('common.you') : message.authorName
  const text = message.removed ? t('chat.removed') : message.needsNewer ? t('chat.needsNewer') : message.text
  const status = message.delivery === undefined ? '' : t(STATUS_TEXT[shownStatus(message.delivery)])
  const edited = message.edits.length > 0 ? t('chat.edited') : ''
  const mention = mentionsMe(message) ? t('chat.mentionsYou') : ''
  return [`${author}: ${text}`, mention, formatTime(message.at), edited, status].filter(Boolean).join(', ')
}

const mentionsMe = ({ mine, mentions }: MessageView): boolean => !mine && mentions?.some((one) => one.mine) === true

const MessageArticle = (props: MessageProps): VNode => {
  const { message, first, last, position, current, flashed, fresh, people } = props
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
    status === 'failed' && 'failed',
    people !== undefined && !message.mine && 'faced',
    mentionsMe(message) && 'mentions-me'
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
      data-author={message.author}
      aria-label={utterance(message)}
      aria-posinset={position}
      aria-setsize={-1}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the articles of a feed are walked with the keyboard
      tabIndex={current ? 0 : -1}
    >
      <div class="beside">
        {people !== undefined && !message.mine && last && <Face people={people} message={message} />}
        <div class="bubble">
          {people !== undefined && !message.mine && first && <AuthorName people={people} message={message} />}
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

interface WhoProps {
  readonly people: People
  readonly message: MessageView
}

/** At the end of a group of messages, where the eye is when it has read them. */
const Face = ({ people, message }: WhoProps): VNode => {
  const { name, avatar, isContact } = faceOf(people, message.author, message.authorName)
  const face = <Avatar name={name} avatar={avatar} size={32} />
  if (!isContact) return <span class="face">{face}</span>
  // a way for the pointer; the keyboard has the members' list
  return (
    <Link class="face" to={{ name: 'contact', did: message.author }} tabIndex={-1} title={name}>
      {face}
      <span class="sr-only">{name}</span>
    </Link>
  )
}

/** In the hue of their face. The article's own name says it to a screen reader. */
const AuthorName = ({ people, message }: WhoProps): VNode => {
  const { name, avatar } = faceOf(people, message.author, message.authorName)
  return (
    <span class="author" style={{ '--h': String(avatar.hue) }} data-id="author" aria-hidden="true">
      <bdi>{name}</bdi>
    </span>
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
            <Markup text={message.text} marked={props.marked} named={message.mentions} people={props.people} />
          </LongText>
        )}
        <MessageMeta {...props} />
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
              title={reaction.names.join(', ')}
              onClick={() => actions.react(message, reaction.mine ? null : reaction.emoji)}
            >
              <span aria-hidden="true">{reaction.emoji}</span>
              {reaction.count > 1 && <span aria-hidden="true">{reaction.count}</span>}
              <span class="sr-only">
                {t('chat.reaction', { emoji: reaction.emoji, names: reaction.names.join(', ') })}
              </span>
            </button>
          ))}
        </div>
      )}
    </>
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
