/** What the list pane remembers while the page lives: filter and search. */
import { signal } from '@preact/signals'
import type { Filter } from './chat-list.ts'

export const filter = signal<Filter>('all')
export const searchText = signal('')

/** The shortcut for "search everywhere" asks for the field. */
export const focusSearch = (): void => document.querySelector<HTMLInputElement>('[data-id="search-input"]')?.focus()
