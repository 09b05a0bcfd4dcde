/**
 * English, of which all other languages are translations: one file an area, so that two people can write at once. What only
 * later screens need comes with them (`load-pages.ts`); translations are whole.
 */
import { enChat } from './en-chat.ts'
import type { enGroups } from './en-groups.ts'
import type { enPages } from './en-pages.ts'
import type { enSecure } from './en-secure.ts'
import { enShell } from './en-shell.ts'
import { enStart } from './en-start.ts'
import { enSystem } from './en-system.ts'
import type { enTrouble } from './en-trouble.ts'
import type { Catalogue } from './message.ts'

export type English = typeof enShell &
  typeof enSystem &
  typeof enStart &
  typeof enChat &
  typeof enPages &
  typeof enGroups &
  typeof enSecure &
  typeof enTrouble

/** What is loaded so far. A missing text would be a screen that forgot to load its area. */
export const english: { [key: string]: Catalogue[string] } = { ...enShell, ...enSystem, ...enStart, ...enChat }
