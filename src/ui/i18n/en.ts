/** The English catalogue, of which all others are translations. One file an area, so that two people can write at once. */
import { enChat } from './en-chat.ts'
import { enPages } from './en-pages.ts'
import { enShell } from './en-shell.ts'
import { enStart } from './en-start.ts'

export const en = { ...enShell, ...enStart, ...enPages, ...enChat } as const
