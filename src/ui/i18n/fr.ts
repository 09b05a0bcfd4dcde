/** French: all areas together, loaded when the language is chosen. */
import { frChat } from './fr-chat.ts'
import { frGroups } from './fr-groups.ts'
import type { Catalogue } from './message.ts'
import { frPages } from './fr-pages.ts'
import { frSecure } from './fr-secure.ts'
import { frShell } from './fr-shell.ts'
import { frTrouble } from './fr-trouble.ts'

export const catalogue: Catalogue = { ...frShell, ...frPages, ...frChat, ...frGroups, ...frSecure, ...frTrouble }
