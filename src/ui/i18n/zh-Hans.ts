/** Simplified Chinese: all areas together, loaded when the language is chosen. */
import { zhHansGroups } from './zh-Hans-groups.ts'
import type { Catalogue } from './message.ts'
import { zhHansChat } from './zh-Hans-chat.ts'
import { zhHansPages } from './zh-Hans-pages.ts'
import { zhHansSecure } from './zh-Hans-secure.ts'
import { zhHansShell } from './zh-Hans-shell.ts'
import { zhHansTrouble } from './zh-Hans-trouble.ts'

export const catalogue: Catalogue = {
  ...zhHansShell,
  ...zhHansPages,
  ...zhHansChat,
  ...zhHansGroups,
  ...zhHansSecure,
  ...zhHansTrouble
}
