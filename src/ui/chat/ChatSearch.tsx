/** Search in one conversation: hits newest first, previous and next, a list to choose from, and a jump to a day. */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { SearchHit } from '../../model/views.ts'
import { formatShort } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { IconButton } from '../kit/Button.tsx'
import { CalendarDays, ChevronDown, ChevronUp, Search, X } from '../kit/icons.ts'
import { Icon } from '../kit/Icon.tsx'
import { now, rightNow } from '../state/now.ts'
import { useSearch } from '../state/searching.ts'
import { splitAtMarks } from './mark-matches.ts'
import { dayKey } from './rows.ts'
import type { ChatSession } from './session.ts'

export const ChatSearch = ({ session }: { readonly session: ChatSession }): VNode => {
  const input = useRef<HTMLInputElement>(null)
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(-1)
  const wanted = query.trim()

  useEffect(() => {
    input.current?.focus()
    return () => {
      session.marked.value = ''
    }
  }, [session])

  const found = useSearch(wanted, { chat: session.chat })
  const hits = found?.hits
  const isWhole = found?.isWhole !== false

  useEffect(() => setAt(-1), [wanted])
  // marked once it is found: marking every letter typed would redraw the conversation
  useEffect(() => {
    session.marked.value = found?.query ?? ''
  }, [found?.query])

  const go = (index: number): void => {
    const hit = hits?.[index]
    if (hit === undefined) return
    setAt(index)
    // the chosen row goes away; the keyboard goes on from the box
    input.current?.focus()
    session.target.value = { kind: 'message', id: hit.message, flash: true }
  }
  const step = (by: 1 | -1): void => {
    if (hits === undefined || hits.length === 0) return
    go(at === -1 ? 0 : (at + by + hits.length) % hits.length)
  }
  const close = (): void => {
    session.searching.value = false
    session.focusComposer()
  }

  return (
    <search class="chat-search">
      <div class="chat-search-bar">
        <Icon icon={Search} size={18} />
        <input
          ref={input}
          type="search"
          dir="auto"
          data-id="chat-search-input"
          placeholder={t('chat.searchPlaceholder')}
          aria-label={t('chat.searchPlaceholder')}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.isComposing) return
            event.preventDefault()
            step(event.shiftKey ? -1 : 1)
          }}
        />
        <span class="chat-search-count" role="status">
          {hits !== undefined && (isWhole || hits.length > 0) && countText(at, hits.length)}
        </span>
        <IconButton
          icon={ChevronUp}
          label={t('chat.searchOlder')}
          data-id="chat-search-older"
          disabled={hits === undefined || hits.length === 0}
          onClick={() => step(1)}
        />
        <IconButton
          icon={ChevronDown}
          label={t('chat.searchNewer')}
          data-id="chat-search-newer"
          disabled={hits === undefined || hits.length === 0}
          onClick={() => step(-1)}
        />
        <JumpToDate session={session} />
        <IconButton icon={X} label={t('chat.searchClose')} data-id="chat-search-close" onClick={close} />
      </div>
      {hits !== undefined && at === -1 && <Hits hits={hits} onChoose={go} />}
    </search>
  )
}

const countText = (at: number, total: number): string =>
  total === 0
    ? t('chat.searchNone')
    : at === -1
      ? t('chat.searchCount', { count: total })
      : t('chat.searchAt', { at: at + 1, total })

interface HitsProps {
  readonly hits: readonly SearchHit[]
  readonly onChoose: (index: number) => void
}

const Hits = ({ hits, onChoose }: HitsProps): VNode => (
  <ul class="chat-search-hits" aria-label={t('chat.searchHits')}>
    {hits.map((hit, index) => (
      <li key={hit.message}>
        <button type="button" data-id="chat-search-hit" data-message={hit.message} onClick={() => onChoose(index)}>
          <span class="hit-top">
            <bdi class="clip">{hit.author}</bdi>
            <time dateTime={new Date(hit.at).toISOString()}>{formatShort(hit.at, now.value)}</time>
          </span>
          <span class="hit-text" dir="auto">
            {splitAtMarks(hit.excerpt, hit.marks).map((part, place) =>
              part.match ? <mark key={place}>{part.text}</mark> : part.text
            )}
          </span>
        </button>
      </li>
    ))}
  </ul>
)

/** The system's own calendar, opened from a button. */
const JumpToDate = ({ session }: { readonly session: ChatSession }): VNode => {
  const input = useRef<HTMLInputElement>(null)
  return (
    <span class="jump-date">
      <IconButton
        icon={CalendarDays}
        label={t('chat.jumpDate')}
        data-id="jump-date"
        onClick={() => {
          // where the picker cannot be opened by code, the field itself takes the date
          if (typeof input.current?.showPicker === 'function') input.current.showPicker()
          else input.current?.focus()
        }}
      />
      <input
        ref={input}
        type="date"
        tabIndex={-1}
        aria-label={t('chat.jumpDate')}
        max={dayKey(rightNow())}
        onChange={(event) => {
          const [year, month, day] = event.currentTarget.value.split('-').map(Number)
          if (year === undefined || month === undefined || day === undefined) return
          session.target.value = { kind: 'date', at: new Date(year, month - 1, day).getTime() }
        }}
      />
    </span>
  )
}
