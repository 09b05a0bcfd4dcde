import { zhHansChat } from './zh-Hans-chat.ts'
import type { Catalogue } from './message.ts'

export const catalogue: Catalogue = { ...zhHansChat }
