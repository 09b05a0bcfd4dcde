/** What the list pane remembers while the page lives: filter and search. */
import { signal } from '@preact/signals'
import type { SearchFilter } from '../../model/views.ts'
import { navigate } from '../router.ts'
import type { Filter } from './chat-list.ts'

export const filter = signal<Filter>('all')
export const searchText = signal('')
/** Of messages: in which chat, by whom, when. */
export const searchFilter = signal<SearchFilter>({})

/** Nothing of a search stays behind a lock. */
export const forgetSearch = (): void => {
  searchText.value = ''
  searchFilter.value = {}
}

const field = (): HTMLInputElement | null => document.querySelector<HTMLInputElement>('[data-id="search-input"]')

/** The shortcut for "search everywhere" asks for the field; where the list is out of sight, it is brought back first. */
export const focusSearch = (): void => {
  field()?.focus()
  if (field() !== null && document.activeElement === field()) {
    field()?.select()
    return
  }
  navigate({ name: 'chats' })
  requestAnimationFrame(() => field()?.focus())
}
