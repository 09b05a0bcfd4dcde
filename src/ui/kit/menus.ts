/** Opens the one menu of the page: at a button, or where the pointer is. Drawn by MenuHost. */
import { signal } from '@preact/signals'
import type { IconNode } from './icons.ts'

export interface MenuItem {
  readonly label: string
  readonly icon?: IconNode
  readonly danger?: boolean
  readonly checked?: boolean
  readonly disabled?: boolean
  /** data-id, for tests. */
  readonly id?: string
  /** Opens these in the same place instead of acting. */
  readonly items?: readonly MenuItem[]
  readonly onSelect?: () => void
}

export interface OpenMenu {
  readonly label: string
  readonly items: readonly (MenuItem | 'line')[]
  /** The element it belongs to: it gets focus back. */
  readonly opener: HTMLElement
  /** Where to open, in viewport pixels; without it, below the opener. */
  readonly at?: { readonly x: number; readonly y: number }
  /** A row above the items, for quick reactions. */
  readonly quick?: readonly {
    readonly label: string
    readonly text: string
    readonly id?: string
    readonly pressed?: boolean
    readonly onSelect: () => void
  }[]
}

export const menu = signal<OpenMenu | undefined>(undefined)

export const openMenu = (next: OpenMenu): void => {
  menu.value = next
}

export const closeMenu = (): void => {
  menu.value = undefined
}
