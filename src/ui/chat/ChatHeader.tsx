/** The bar over a conversation: who it is, how we are connected, search and what else can be done. */
import type { VNode } from 'preact'
import type { GroupView } from '../../model/group-views.ts'
import type { ChatView } from '../../model/views.ts'
import { isMuted } from '../chats/chat-list.ts'
import { titleOf } from '../chats/titles.ts'
import { formatAgo, formatDuration, isolate } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { IconButton } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { ArrowLeft, BellOff, EllipsisVertical, NotebookPen, Search, Timer } from '../kit/icons.ts'
import { Verified } from '../kit/Verified.tsx'
import { Link } from '../Link.tsx'
import { goBack } from '../router.ts'
import { useContact } from '../state/node.tsx'
import { now } from '../state/now.ts'
import type { ChatSession } from './session.ts'
import { useChatMenu } from './use-chat-menu.ts'

/** More than fit into a line anyway. */
const MAX_NAMES = 20

interface ChatHeaderProps {
  readonly session: ChatSession
  readonly view: ChatView
  readonly group: GroupView | undefined
}

export const ChatHeader = ({ session, view, group }: ChatHeaderProps): VNode => {
  const { row } = view
  const openMenu = useChatMenu(session, view)
  const muted = isMuted(row, now.value)
  const name = titleOf(row)
  const title = (
    <>
      <Avatar
        name={name}
        avatar={row.avatar}
        size={38}
        direct={view.path === 'direct' && row.kind === 'direct'}
        group={row.kind === 'group'}
        {...(row.kind === 'self' ? { icon: NotebookPen } : {})}
      />
      <span class="chat-who">
        <span class="chat-name">
          <bdi class="clip">{name}</bdi>
          {row.verified && <Verified size={16} label={t('chat.verified')} />}
          {muted && <Icon icon={BellOff} size={14} label={t('chat.muted')} class="faint" />}
        </span>
        <span class="chat-below">
          {view.timerSeconds !== undefined && <TimerMark seconds={view.timerSeconds} />}
          {row.kind === 'group' ? <GroupLine view={view} group={group} /> : <Presence view={view} />}
        </span>
      </span>
    </>
  )
  return (
    <header class="chat-bar">
      <IconButton icon={ArrowLeft} flip label={t('common.back')} class="phone-only" data-id="back" onClick={goBack} />
      <h1 class="chat-heading">
        {row.kind === 'self' ? (
          <span class="chat-title" data-id="chat-title">
            {title}
          </span>
        ) : (
          <Link
            class="chat-title"
            to={row.kind === 'group' ? { name: 'group', chat: row.chat } : { name: 'contact', did: row.did }}
            data-id="chat-title"
          >
            {title}
            <span class="sr-only">{row.kind === 'group' ? t('chat.openGroup') : t('chat.openContact')}</span>
          </Link>
        )}
      </h1>
      <IconButton
        icon={Search}
        label={t('chat.search')}
        data-id="chat-search"
        aria-expanded={session.searching.value}
        aria-keyshortcuts="Control+F"
        onClick={() => {
          session.searching.value = !session.searching.peek()
        }}
      />
      <IconButton
        icon={EllipsisVertical}
        label={t('common.more')}
        data-id="conversation-menu"
        aria-haspopup="menu"
        onClick={(event) => openMenu(event.currentTarget)}
      />
    </header>
  )
}

/** That messages disappear is a promise about everything one writes, so it stands where one looks before writing. */
const TimerMark = ({ seconds }: { readonly seconds: number }): VNode => {
  const words = t('timer.on', { time: formatDuration(seconds) })
  return (
    <span class="chat-timer" title={words} data-id="chat-timer" data-seconds={seconds}>
      <Icon icon={Timer} size={13} />
      <span aria-hidden="true">{formatDuration(seconds, 'narrow')}</span>
      <span class="sr-only">{`${words}. `}</span>
    </span>
  )
}

const GroupLine = ({ view, group }: { readonly view: ChatView; readonly group: GroupView | undefined }): VNode => {
  const { standing } = view.row
  const members = group?.members ?? []
  const names = [...members.filter(({ mine }) => !mine).map(({ name }) => isolate(name)), t('common.you')]
  return (
    <small class="chat-presence" data-id="chat-members">
      <span class="clip">
        {standing === 'left'
          ? t('chats.left')
          : standing === 'joining'
            ? t('chats.joining')
            : group === undefined
              ? ''
              : t('chat.membersLine', { count: members.length, names: names.slice(0, MAX_NAMES).join(', ') })}
      </span>
    </small>
  )
}

/** Words for the path; when there is none, when they were last heard from. The line keeps its height without words. */
const Presence = ({ view }: { readonly view: ChatView }): VNode => {
  const { row, path } = view
  const contact = useContact(row.did)
  const heard = contact?.lastHeardAt
  const words =
    row.kind === 'self'
      ? t('chat.selfPresence')
      : row.standing === 'blocked'
        ? t('chat.presenceBlocked')
        : row.standing === 'request'
          ? t('chat.presenceRequest')
          : path === 'direct'
            ? t('chat.presenceDirect')
            : path === 'relayed'
              ? t('chat.presenceRelayed')
              : heard === undefined
                ? t('chat.presenceAway')
                : t('chat.presenceHeard', { when: formatAgo(heard, now.value) })
  return (
    <small class="chat-presence" data-path={path}>
      <span class="clip">{words}</span>
    </small>
  )
}
