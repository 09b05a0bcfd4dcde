/** Imported by what locks, unlocks, saves and restores: brings its English texts. */
import { enSecure } from './en-secure.ts'
import { english } from './en.ts'

Object.assign(english, enSecure)
