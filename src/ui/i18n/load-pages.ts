/** Imported by every screen beyond list and conversation: brings their English texts with them. */
import { enPages } from './en-pages.ts'
import { english } from './en.ts'

Object.assign(english, enPages)
