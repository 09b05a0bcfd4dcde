import type { Catalogue } from './message.ts'

export const catalogue: Catalogue = {}
