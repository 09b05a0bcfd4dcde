/** One chat in the list: a real link, said by a screen reader in one go; its menu by right click, long press or Menu key. */
import type { VNode } from 'preact'
import type { ChatRow as Row } from '../../model/views.ts'
import { toLine } from '../chat/to-line.ts'
import { formatBadge, formatFull, formatShort } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { IconButton } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { BellOff, ChevronDown, Clock, LogOut, Pin } from '../kit/icons.ts'
import { openMenu } from '../kit/menus.ts'
import { Ticks } from '../kit/Ticks.tsx'
import { Verified } from '../kit/Verified.tsx'
import { Link } from '../Link.tsx'
import { useAppState, useCommands } from '../state/node.tsx'
import { now } from '../state/now.ts'
import { isMuted, isUnread } from './chat-list.ts'
import { chatMenu } from './chat-menu.ts'
import { longPress } from './long-press.ts'
import { systemText } from './system-text.ts'
import { faceOf, titleOf } from './titles.ts'

const previewWords = (row: Row): string => {
  if (row.draft !== undefined) return `${t('chats.draft')} ${toLine(row.draft)}`
  if (row.last === undefined)
    return row.kind === 'self'
      ? t('chats.noteHint')
      : row.standing === 'joining'
        ? t('chats.joining')
        : row.standing === 'asked'
          ? t('chats.asked', { name: row.title })
          : t('chats.nothingYet')
  if (row.last.kind === 'removed') return t('chats.removed')
  if (row.last.system !== undefined) return systemText(row.last.system)
  return toLine(row.last.text)
}

/** A whole name would leave no room for what was said. */
const firstWord = (name: string): string => name.trim().split(/\s+/u)[0] ?? name

const Preview = ({ row }: { readonly row: Row }): VNode => {
  if (row.draft !== undefined)
    return (
      <span class="chat-preview">
        <em>{t('chats.draft')}</em>
        <span class="clip" dir="auto">
          {toLine(row.draft)}
        </span>
      </span>
    )
  const quiet = row.last === undefined || row.last.kind !== 'text'
  // somebody else's words in a group: whose they are comes first
  const author = row.kind === 'group' && row.last?.kind === 'text' && !row.last.mine ? row.last.author : undefined
  return (
    <span class="chat-preview">
      {row.last?.mine === true && row.last.delivery !== undefined && row.last.kind === 'text' && (
        <Ticks state={row.last.delivery} />
      )}
      {row.last?.mine === true && <span class="sr-only">{`, ${t('common.you')}: `}</span>}
      {author !== undefined && <bdi class="clip preview-author">{t('chats.by', { name: firstWord(author) })}</bdi>}
      <span class={quiet ? 'clip quiet' : 'clip'} dir="auto">
        {previewWords(row)}
      </span>
    </span>
  )
}

const linkOf = (element: HTMLElement): HTMLElement => element.querySelector('a') ?? element

/** For ears only: what icons and places say to the eye. */
const Said = ({ text }: { readonly text: string }): VNode => <span class="sr-only">{`, ${text}, `}</span>

interface ChatRowProps {
  readonly row: Row
  readonly open: boolean
  /** For lists with roving focus: only one row is in the tab order. */
  readonly tabbable?: boolean
}

export const ChatRow = ({ row, open, tabbable = true }: ChatRowProps): VNode => {
  const commands = useCommands()
  const { network } = useAppState()
  const direct = network.value?.peers.some(({ did, path }) => did === row.did && path === 'direct') ?? false
  const muted = isMuted(row, now.value)
  const name = titleOf(row)

  const openAt = (opener: HTMLElement, at?: { readonly x: number; readonly y: number }): void =>
    openMenu({
      label: t('chats.menuFor', { name }),
      items: chatMenu(row, commands),
      opener,
      ...(at === undefined ? {} : { at })
    })

  return (
    <div
      class={`chat-row ${open ? 'on' : ''}`}
      onContextMenu={(event) => {
        event.preventDefault()
        // the Menu key has no place of its own
        const keyed = event.clientX === 0 && event.clientY === 0
        openAt(linkOf(event.currentTarget), keyed ? undefined : { x: event.clientX, y: event.clientY })
      }}
      {...longPress((element, at) => openAt(linkOf(element), at))}
    >
      <Link
        to={{ name: 'chat', chat: row.chat }}
        class="chat-link"
        current={open}
        tabIndex={tabbable ? 0 : -1}
        data-id="chat-row"
        data-chat={row.chat}
        data-name={name}
        data-unread={row.unread}
        data-standing={row.standing}
        data-kind={row.kind}
      >
        <Avatar name={name} avatar={row.avatar} direct={direct && row.kind === 'direct'} {...faceOf(row)} />
        <span class="chat-text">
          <span class="chat-line">
            <b class="clip" dir="auto">
              {name}
            </b>
            {row.verified && row.kind === 'direct' && <Verified />}
            {row.verified && row.kind === 'direct' && <Said text={t('chats.verified')} />}
            {muted && <Icon icon={BellOff} size={14} class="faint" />}
            {muted && <Said text={t('chats.muted')} />}
            {row.last !== undefined && (
              <time dateTime={new Date(row.last.at).toISOString()} title={formatFull(row.last.at)}>
                {formatShort(row.last.at, now.value)}
              </time>
            )}
          </span>
          <span class="chat-line">
            <Preview row={row} />
            {row.standing === 'joining' && <Icon icon={Clock} size={14} class="faint" />}
            {row.standing === 'joining' && row.last !== undefined && <Said text={t('chats.joining')} />}
            {row.standing === 'left' && <Icon icon={LogOut} size={14} class="faint" />}
            {row.standing === 'left' && <Said text={t('chats.left')} />}
            {row.mentions !== undefined && row.mentions > 0 && (
              <span class="badge at" aria-hidden="true" data-id="mention-badge">
                @
              </span>
            )}
            {row.mentions !== undefined && row.mentions > 0 && (
              <Said text={t('chats.mentions', { count: row.mentions })} />
            )}
            {row.pinned && !isUnread(row) && <Icon icon={Pin} size={14} class="faint" />}
            {row.pinned && <Said text={t('chats.pinned')} />}
            {row.unread > 0 && (
              <span class={`badge ${muted ? 'quiet' : ''}`} aria-hidden="true">
                {formatBadge(row.unread)}
              </span>
            )}
            {row.unread > 0 && <Said text={t('chats.unreadCount', { count: row.unread })} />}
            {row.unread === 0 && row.markedUnread && <Said text={t('chats.markedUnread')} />}
            {row.unread === 0 && row.markedUnread && <span class={`badge dot ${muted ? 'quiet' : ''}`} />}
          </span>
        </span>
      </Link>
      <IconButton
        icon={ChevronDown}
        size={18}
        label={t('chats.menuFor', { name })}
        class="chat-more"
        tabIndex={-1}
        aria-haspopup="menu"
        data-id="chat-menu"
        onClick={(event) => openAt(event.currentTarget)}
      />
    </div>
  )
}
