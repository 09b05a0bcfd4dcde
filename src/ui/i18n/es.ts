/** Spanish: all areas together, loaded when the language is chosen. */
import { esChat } from './es-chat.ts'
import { esGroups } from './es-groups.ts'
import type { Catalogue } from './message.ts'
import { esPages } from './es-pages.ts'
import { esSecure } from './es-secure.ts'
import { esShell } from './es-shell.ts'
import { esTrouble } from './es-trouble.ts'

export const catalogue: Catalogue = { ...esShell, ...esPages, ...esChat, ...esGroups, ...esSecure, ...esTrouble }
