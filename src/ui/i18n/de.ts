import { deChat } from './de-chat.ts'
import type { Catalogue } from './message.ts'

export const catalogue: Catalogue = { ...deChat }
