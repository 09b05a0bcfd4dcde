/** Imported by the conversation and by the screens of groups: brings their English texts with them. */
import { enGroups } from './en-groups.ts'
import { english } from './en.ts'

Object.assign(english, enGroups)
