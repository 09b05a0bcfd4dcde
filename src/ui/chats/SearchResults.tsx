/** What the search box finds, grouped: chats, people, messages. Names are matched here, messages by the node. */
import type { VNode } from 'preact'
import type { ChatRow as Row, ContactView, SearchHit } from '../../model/views.ts'
import { formatFull, formatShort } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Empty, Spinner } from '../kit/Feedback.tsx'
import { Search } from '../kit/icons.ts'
import { Link } from '../Link.tsx'
import '../i18n/load-secure.ts'
import { useChats, useContacts } from '../state/node.tsx'
import { now } from '../state/now.ts'
import { useSearch } from '../state/searching.ts'
import { searchFilter, searchText } from './list-state.ts'
import { Marked } from './Marked.tsx'
import { matchIn } from './match.ts'
import { SearchFilters } from './SearchFilters.tsx'
import { faceOf, titleOf } from './titles.ts'

/** Of names; messages come as many as the node gives. */
const MAX_SHOWN = 50
const MAX_HITS = 200

const ChatHit = ({ row, query }: { readonly row: Row; readonly query: string }): VNode => {
  const name = titleOf(row)
  const mark = matchIn(name, query)
  return (
    <Link to={{ name: 'chat', chat: row.chat }} class="hit" data-id="search-chat" data-name={name}>
      <Avatar name={row.title} avatar={row.avatar} size={40} {...faceOf(row)} />
      <b class="clip">
        <Marked text={name} marks={mark === undefined ? [] : [mark]} />
      </b>
    </Link>
  )
}

const PersonHit = ({ contact, query }: { readonly contact: ContactView; readonly query: string }): VNode => {
  const name = contact.alias ?? contact.name
  const mark = matchIn(name, query)
  return (
    <Link to={{ name: 'contact', did: contact.did }} class="hit" data-id="search-person" data-name={name}>
      <Avatar name={name} avatar={contact.avatar} size={40} />
      <b class="clip">
        <Marked text={name} marks={mark === undefined ? [] : [mark]} />
      </b>
    </Link>
  )
}

const MessageHit = ({ hit, row }: { readonly hit: SearchHit; readonly row: Row | undefined }): VNode => (
  <Link
    to={{ name: 'chat', chat: hit.chat, at: hit.message }}
    class="hit"
    data-id="search-hit"
    data-message={hit.message}
  >
    <Avatar name={row?.title ?? hit.author} avatar={row?.avatar ?? { hue: 0 }} size={40} {...(row && faceOf(row))} />
    <span class="chat-text">
      <span class="chat-line">
        <b class="clip">
          <bdi>{row === undefined ? hit.author : titleOf(row)}</bdi>
        </b>
        <time dateTime={new Date(hit.at).toISOString()} title={formatFull(hit.at)}>
          {formatShort(hit.at, now.value)}
        </time>
      </span>
      <span class="hit-excerpt">
        {row?.kind === 'group' && <bdi class="hit-author">{hit.author}: </bdi>}
        <Marked text={hit.excerpt} marks={hit.marks} />
      </span>
    </span>
  </Link>
)

const moveFocus = (event: KeyboardEvent): void => {
  const links = Array.from((event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('a'))
  const at = links.indexOf(document.activeElement as HTMLElement)
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined) return
  event.preventDefault()
  if (at + step < 0) document.querySelector<HTMLElement>('[data-id="search-input"]')?.focus()
  else links[at + step]?.focus()
}

export const SearchResults = (): VNode => {
  const query = searchText.value.trim()
  const filter = searchFilter.value
  const list = useChats()
  const contacts = useContacts() ?? []
  const found = useSearch(query, filter)
  const hits = found?.hits

  const all = list === undefined ? [] : [...list.rows, ...list.archived, ...list.requests]
  // a filter is about messages
  const isNarrow = Object.keys(filter).length > 0
  const chats = isNarrow ? [] : all.filter((row) => matchIn(titleOf(row), query) !== undefined)
  const shown = new Set(chats.filter(({ kind }) => kind === 'direct').map(({ did }) => did))
  const people = isNarrow
    ? []
    : contacts.filter(
        ({ did, name, alias = '' }) => !shown.has(did) && (matchIn(name, query) ?? matchIn(alias, query)) !== undefined
      )
  const isDone = found?.query === query && found.isWhole
  const count = chats.length + people.length + (hits?.length ?? 0)

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- only moves focus among its links
    <section class="chat-scroll results" aria-label={t('search.label')} onKeyDown={moveFocus}>
      <SearchFilters chats={all} />
      <p class="sr-only" role="status">
        {isDone ? t('search.count', { count }) : ''}
      </p>
      {isDone && count === 0 && <Empty icon={Search} title={t('search.nothing', { query })} text={t('search.hint')} />}
      {chats.length > 0 && <h2>{t('search.chats')}</h2>}
      {chats.slice(0, MAX_SHOWN).map((row) => (
        <ChatHit key={row.chat} row={row} query={query} />
      ))}
      {people.length > 0 && <h2>{t('search.people')}</h2>}
      {people.slice(0, MAX_SHOWN).map((contact) => (
        <PersonHit key={contact.did} contact={contact} query={query} />
      ))}
      {hits !== undefined && hits.length > 0 && <h2>{t('search.messages')}</h2>}
      {hits?.map((hit) => (
        <MessageHit key={hit.message} hit={hit} row={all.find(({ chat }) => chat === hit.chat)} />
      ))}
      {hits === undefined && (
        <p class="results-wait">
          <Spinner />
        </p>
      )}
      {found !== undefined && !found.isWhole && (
        <p class="results-more" data-id="search-more">
          <Spinner label={t('find.more')} /> {t('find.more')}
        </p>
      )}
      {isDone && hits?.length === MAX_HITS && <p class="results-more">{t('find.many', { count: MAX_HITS })}</p>}
    </section>
  )
}
