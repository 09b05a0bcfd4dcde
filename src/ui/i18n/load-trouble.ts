/** Imported by the plain pages only: brings their English texts with them. */
import { enTrouble } from './en-trouble.ts'
import { english } from './en.ts'

Object.assign(english, enTrouble)
