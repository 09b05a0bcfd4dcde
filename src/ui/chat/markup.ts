/** Light markdown with real links, for the messages of a conversation. */
import { findLinks } from './links.ts'
import { parseBlocks, parseSpans } from './markup-tree.ts'
import type { Block, Inline } from './markup-tree.ts'

export const parseMarkup = (text: string): readonly Block[] => parseBlocks(text, findLinks)
export const parseInline = (text: string): readonly Inline[] => parseSpans(text, findLinks)
