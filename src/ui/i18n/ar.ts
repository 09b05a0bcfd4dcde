/** Arabic: all areas together, loaded when the language is chosen. */
import { arChat } from './ar-chat.ts'
import { arGroups } from './ar-groups.ts'
import type { Catalogue } from './message.ts'
import { arPages } from './ar-pages.ts'
import { arSecure } from './ar-secure.ts'
import { arShell } from './ar-shell.ts'
import { arTrouble } from './ar-trouble.ts'

export const catalogue: Catalogue = { ...arShell, ...arPages, ...arChat, ...arGroups, ...arSecure, ...arTrouble }
