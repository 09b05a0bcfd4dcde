import { frChat } from './fr-chat.ts'
import type { Catalogue } from './message.ts'

export const catalogue: Catalogue = { ...frChat }
