import { esChat } from './es-chat.ts'
import type { Catalogue } from './message.ts'

export const catalogue: Catalogue = { ...esChat }
