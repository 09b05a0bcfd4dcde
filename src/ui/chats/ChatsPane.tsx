/** The chat list with its search, filters and requests. */
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ChatList } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Brand } from '../kit/Brand.tsx'
import { IconButton } from '../kit/Button.tsx'
import { Empty, Skeleton } from '../kit/Feedback.tsx'
import { Icon } from '../kit/Icon.tsx'
import { Archive, Search, Settings, SquarePen, UserPlus, Users, X } from '../kit/icons.ts'
import { lazyPart, lazyScreen } from '../lazy.tsx'
import { Link } from '../Link.tsx'
import { navigate, route } from '../router.ts'
import type { Route } from '../routes.ts'
import { useChats, useCommands } from '../state/node.tsx'
import { isLonely, isUnread, rowsFor } from './chat-list.ts'
import { ChatRows } from './ChatRows.tsx'
import { filter, forgetSearch, searchText } from './list-state.ts'
import { Requests } from './Requests.tsx'
import { StorageNotice } from './StorageNotice.tsx'

const BackupReminder = lazyPart(async () => (await import('./BackupReminder.tsx')).BackupReminder)
const SearchResults = lazyScreen(async () => (await import('./SearchResults.tsx')).SearchResults)

const SearchBox = (): VNode => {
  const { search } = useCommands()
  return (
    <div class="search" role="search">
      <Icon icon={Search} size={16} />
      <input
        type="search"
        // an empty field follows the language, so that its hint stands right
        dir={searchText.value === '' ? undefined : 'auto'}
        value={searchText.value}
        placeholder={t('chats.search')}
        aria-label={t('chats.search')}
        autoComplete="off"
        spellcheck={false}
        data-id="search-input"
        onFocus={() => {
          void SearchResults.load()
          // while the first letters are typed the node gets ready; what fails here fails again, and aloud, with the words
          search('').catch(() => undefined)
        }}
        onInput={(event) => {
          searchText.value = event.currentTarget.value
        }}
        onKeyDown={(event) => {
          if (event.isComposing) return
          if (event.key === 'Escape' && searchText.value !== '') {
            event.preventDefault()
            event.stopPropagation()
            forgetSearch()
          }
          const first = document.querySelector<HTMLElement>('.results a, .chat-rows a[tabindex="0"]')
          if (event.key === 'ArrowDown') {
            event.preventDefault()
            first?.focus()
          }
          if (event.key === 'Enter' && searchText.value !== '') first?.click()
        }}
      />
      {searchText.value !== '' && (
        <IconButton
          icon={X}
          size={16}
          class="search-clear"
          label={t('chats.clearSearch')}
          onClick={() => {
            forgetSearch()
          }}
        />
      )}
    </div>
  )
}

const Filters = ({ requests }: { readonly requests: boolean }): VNode | null => {
  const list = useChats()
  if (list === undefined || isLonely(list)) return null
  const choose = (next: typeof filter.value) => (): void => {
    filter.value = next
    if (requests) navigate({ name: 'chats' }, { replace: true })
  }
  const chip = (value: typeof filter.value, label: string): VNode => (
    <button
      key={value}
      type="button"
      class="chip"
      aria-pressed={!requests && filter.value === value}
      data-id={`filter-${value}`}
      onClick={choose(value)}
    >
      {label}
    </button>
  )
  const unread = list.rows.filter(isUnread).length
  return (
    <div class="chips" role="group" aria-label={t('chats.filter')}>
      {chip('all', t('chats.all'))}
      {chip('unread', unread === 0 ? t('chats.unread') : `${t('chats.unread')} · ${unread}`)}
      {(list.rows.some(({ kind }) => kind === 'group') || filter.value === 'groups') &&
        chip('groups', t('chats.groups'))}
      {(list.requests.length > 0 || requests) && (
        <Link
          to={{ name: 'requests' }}
          class={`chip ${requests ? 'on' : ''}`}
          current={requests}
          data-id="filter-requests"
        >
          {list.requests.length === 0 ? t('chats.requests') : `${t('chats.requests')} · ${list.requests.length}`}
        </Link>
      )}
      {(list.archived.length > 0 || filter.value === 'archived') && chip('archived', t('chats.archived'))}
    </div>
  )
}

/** The chat in the main pane: also while its contact's page is open beside it. */
const openChat = (list: ChatList | undefined, here: Route): string | undefined => {
  if (here.name === 'chat' || here.name === 'group' || here.name === 'note') return here.chat
  if (here.name !== 'contact') return undefined
  return list?.rows.find(({ kind, did }) => kind === 'direct' && did === here.did)?.chat
}

/** Coming back to the list, the keyboard is where it left: on the row of the chat that was open. */
const useReturnedFocus = (open: string | undefined): void => {
  const before = useRef<string>(undefined)
  useEffect(() => {
    const left = before.current
    before.current = open
    if (left === undefined || open !== undefined || document.activeElement !== document.body) return
    document.querySelector<HTMLElement>(`a[data-chat="${CSS.escape(left)}"]`)?.focus({ preventScroll: true })
  }, [open])
}

const List = (): VNode => {
  const list = useChats()
  const open = openChat(list, route.value)
  useReturnedFocus(open)
  if (list === undefined) return <Skeleton rows={8} />
  if (isLonely(list))
    return (
      <div class="chat-scroll">
        {list.rows.length > 0 && <ChatRows rows={list.rows} open={open} />}
        <Empty icon={UserPlus} title={t('chats.emptyTitle')} text={t('chats.emptyText')}>
          <Link to={{ name: 'new' }} class="button main large" data-id="empty-invite">
            {t('chats.emptyAction')}
          </Link>
        </Empty>
      </div>
    )
  const rows = rowsFor(list, filter.value, open)
  if (rows.length === 0) {
    const [icon, title] = {
      all: [Users, t('chats.emptyUnread')] as const,
      unread: [Users, t('chats.emptyUnread')] as const,
      groups: [Users, t('chats.emptyGroups')] as const,
      archived: [Archive, t('chats.emptyArchived')] as const
    }[filter.value]
    return (
      <div class="chat-scroll">
        <Empty icon={icon} title={title}>
          {filter.value === 'groups' && (
            <Link to={{ name: 'new-group' }} class="button soft" data-id="empty-new-group">
              {t('chats.newGroup')}
            </Link>
          )}
        </Empty>
      </div>
    )
  }
  return <ChatRows rows={rows} open={open} scroll />
}

export const ChatsPane = ({ requests }: { readonly requests: boolean }): VNode => (
  <nav class="screen chats" data-screen={requests ? 'requests' : 'chats'} aria-label={t('chats.list')}>
    <header class="chats-top">
      <Brand />
      <h1>{t('chats.title')}</h1>
      <Link to={{ name: 'new' }} class="icon-button" label={t('chats.new')} title={t('chats.new')} data-id="new-chat">
        <Icon icon={SquarePen} />
      </Link>
      <Link
        to={{ name: 'settings' }}
        class="icon-button"
        label={t('chats.settings')}
        title={t('chats.settings')}
        data-id="menu-settings"
      >
        <Icon icon={Settings} />
      </Link>
    </header>
    <SearchBox />
    {searchText.value.trim() === '' ? (
      <>
        <Filters requests={requests} />
        {requests ? <Requests /> : <List />}
        <StorageNotice />
        <BackupReminder waiting={<></>} />
      </>
    ) : (
      <SearchResults />
    )}
  </nav>
)
