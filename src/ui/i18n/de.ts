/** German: all areas together, loaded when the language is chosen. */
import { deChat } from './de-chat.ts'
import { deGroups } from './de-groups.ts'
import type { Catalogue } from './message.ts'
import { dePages } from './de-pages.ts'
import { deSecure } from './de-secure.ts'
import { deShell } from './de-shell.ts'
import { deTrouble } from './de-trouble.ts'

export const catalogue: Catalogue = { ...deShell, ...dePages, ...deChat, ...deGroups, ...deSecure, ...deTrouble }
