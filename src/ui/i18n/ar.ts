import { arChat } from './ar-chat.ts'
import type { Catalogue } from './message.ts'

export const catalogue: Catalogue = { ...arChat }
