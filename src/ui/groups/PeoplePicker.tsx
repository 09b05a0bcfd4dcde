/** Chooses several of the people one knows: those chosen as chips, a search, a list of checkboxes. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { Did } from '../../model/ids.ts'
import type { ContactView } from '../../model/views.ts'
import { Marked } from '../chats/Marked.tsx'
import { matchIn } from '../chats/match.ts'
import { t } from '../i18n/i18n.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Icon } from '../kit/Icon.tsx'
import { Search, X } from '../kit/icons.ts'
import { Verified } from '../kit/Verified.tsx'

/** A few names are found faster by eye than by typing. */
const SEARCH_FROM = 7
/** More rows than this are reached by typing a letter. */
const MAX_SHOWN = 200

interface PeoplePickerProps {
  readonly people: readonly ContactView[]
  readonly chosen: readonly Did[]
  readonly onChange: (chosen: readonly Did[]) => void
}

export const nameOf = ({ alias, name }: Pick<ContactView, 'alias' | 'name'>): string => alias ?? name

export const PeoplePicker = ({ people, chosen, onChange }: PeoplePickerProps): VNode => {
  const [query, setQuery] = useState('')
  const wanted = query.trim()
  const found = people.filter((one) => wanted === '' || matchIn(nameOf(one), wanted) !== undefined)
  const toggle = (did: Did): void =>
    onChange(chosen.includes(did) ? chosen.filter((one) => one !== did) : [...chosen, did])
  return (
    <div class="people">
      {chosen.length > 0 && (
        <ul class="people-chosen" aria-label={t('group.peopleChosen', { count: chosen.length })}>
          {people
            .filter(({ did }) => chosen.includes(did))
            .map((one) => (
              <li key={one.did}>
                <button type="button" class="person-chip" onClick={() => toggle(one.did)}>
                  <Avatar name={nameOf(one)} avatar={one.avatar} size={24} />
                  <bdi class="clip" aria-hidden="true">
                    {nameOf(one)}
                  </bdi>
                  <span class="sr-only">{t('group.takeOut', { name: nameOf(one) })}</span>
                  <Icon icon={X} size={14} />
                </button>
              </li>
            ))}
        </ul>
      )}
      {people.length >= SEARCH_FROM && (
        <div class="search people-search" role="search" aria-label={t('group.searchPeople')}>
          <Icon icon={Search} size={16} />
          <input
            type="search"
            dir={query === '' ? undefined : 'auto'}
            value={query}
            placeholder={t('group.searchPeople')}
            aria-label={t('group.searchPeople')}
            autoComplete="off"
            spellcheck={false}
            data-id="group-search"
            onInput={(event) => setQuery(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.isComposing) return
              event.preventDefault()
              const [first] = found
              if (first === undefined || wanted === '') return
              toggle(first.did)
              setQuery('')
            }}
          />
        </div>
      )}
      <ul class="people-list">
        {found.slice(0, MAX_SHOWN).map((one) => (
          <li key={one.did}>
            <PersonOption person={one} query={wanted} chosen={chosen.includes(one.did)} onToggle={toggle} />
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="people-none">{t('group.nobodyFound')}</p>}
    </div>
  )
}

interface PersonOptionProps {
  readonly person: ContactView
  readonly query: string
  readonly chosen: boolean
  readonly onToggle: (did: Did) => void
}

const PersonOption = ({ person, query, chosen, onToggle }: PersonOptionProps): VNode => {
  const name = nameOf(person)
  const mark = query === '' ? undefined : matchIn(name, query)
  return (
    <label class="person-option" data-id="group-member-option" data-did={person.did} data-name={name}>
      <Avatar name={name} avatar={person.avatar} size={40} />
      <span class="person-name">
        <span class="clip">
          <Marked text={name} marks={mark === undefined ? [] : [mark]} />
        </span>
        {person.verified && <Verified label={t('chats.verified')} />}
      </span>
      <input type="checkbox" class="check" checked={chosen} onChange={() => onToggle(person.did)} />
    </label>
  )
}
