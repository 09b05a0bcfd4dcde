/** Which messages to look at: of one chat, by one person, from one day to another. All that is set must hold. */
import type { VNode } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { ChatId, Did } from '../../model/ids.ts'
import type { ChatRow } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import { Button } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { SlidersHorizontal } from '../kit/icons.ts'
import { dayKey } from '../chat/rows.ts'
import { useAccount, useContacts } from '../state/node.tsx'
import { rightNow } from '../state/now.ts'
import { searchFilter } from './list-state.ts'
import { titleOf } from './titles.ts'

type Name = 'chat' | 'author' | 'from' | 'to'

const set = (name: Name, value: string | number | undefined): void => {
  const { [name]: _, ...rest } = searchFilter.peek()
  searchFilter.value = value === undefined ? rest : { ...rest, [name]: value as never }
}

/** Midnight here at the beginning of a day written as 2026-11-20. */
const dayStart = (day: string, later = 0): number | undefined => {
  const [year, month, date] = day.split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined) return undefined
  return new Date(year, month - 1, date + later).getTime()
}

interface ChoiceProps {
  readonly label: string
  readonly none: string
  readonly value: string | undefined
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string | undefined) => void
  readonly 'data-id': string
}

const Choice = ({ label, none, value = '', options, onChange, ...data }: ChoiceProps): VNode => {
  const id = useId()
  return (
    <div class="find-field">
      <label for={id}>{label}</label>
      <select
        {...data}
        id={id}
        class="select"
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : currentTarget.value)}
      >
        <option value="">{none}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  )
}

interface DayProps {
  readonly label: string
  readonly at: number | undefined
  readonly onChange: (day: string) => void
  readonly 'data-id': string
}

const Day = ({ label, at, onChange, ...data }: DayProps): VNode => {
  const id = useId()
  return (
    <div class="find-field">
      <label for={id}>{label}</label>
      <input
        {...data}
        id={id}
        type="date"
        class="select"
        max={dayKey(rightNow())}
        value={at === undefined ? '' : dayKey(at)}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  )
}

export const SearchFilters = ({ chats }: { readonly chats: readonly ChatRow[] }): VNode => {
  const account = useAccount()
  const contacts = useContacts() ?? []
  const { chat, author, from, to } = searchFilter.value
  const count = [chat, author, from, to].filter((value) => value !== undefined).length
  const [isOpen, setOpen] = useState(count > 0)
  const id = useId()
  const people = [
    ...(account?.state === 'ready' ? [{ value: account.did as string, label: t('common.you') }] : []),
    ...contacts.map(({ did, name, alias }) => ({ value: did as string, label: alias ?? name }))
  ]
  return (
    <div class="find">
      <button
        type="button"
        class={`chip ${count > 0 ? 'on' : ''}`}
        aria-expanded={isOpen}
        aria-controls={id}
        data-id="search-filters"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon icon={SlidersHorizontal} size={16} />
        {count === 0 ? t('find.filters') : `${t('find.filters')} · ${count}`}
      </button>
      <div id={id} class="find-fields" hidden={!isOpen}>
        <Choice
          label={t('find.chat')}
          none={t('find.anyChat')}
          value={chat}
          options={chats.map((row) => ({ value: row.chat, label: titleOf(row) }))}
          onChange={(value) => set('chat', value as ChatId | undefined)}
          data-id="find-chat"
        />
        <Choice
          label={t('find.person')}
          none={t('find.anyone')}
          value={author}
          options={people}
          onChange={(value) => set('author', value as Did | undefined)}
          data-id="find-person"
        />
        <Day label={t('find.from')} at={from} onChange={(day) => set('from', dayStart(day))} data-id="find-from" />
        {/* the day itself counts: the filter ends where the next begins */}
        <Day
          label={t('find.to')}
          at={to === undefined ? undefined : to - 1}
          onChange={(day) => set('to', dayStart(day, 1))}
          data-id="find-to"
        />
        {count > 0 && (
          <Button
            kind="plain"
            class="find-clear"
            data-id="find-clear"
            onClick={() => {
              searchFilter.value = {}
            }}
          >
            {t('find.clear')}
          </Button>
        )}
      </div>
    </div>
  )
}
