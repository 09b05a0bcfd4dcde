/** A text in one line, for quotes and previews: without marks, and what was hidden stays hidden. */
import type { LinkSpan } from './href.ts'
import { parseBlocks } from './markup-tree.ts'
import type { Inline } from './markup-tree.ts'

/** Enough to leave the marks inside of an address alone. */
const roughLinks = (text: string): readonly LinkSpan[] =>
  Array.from(text.matchAll(/https?:\/\/\S+/giu), ({ 0: href, index }) => ({
    start: index,
    end: index + href.length,
    href
  }))

export const toLine = (text: string): string =>
  parseBlocks(text, roughLinks)
    .map((block) => (block.kind === 'pre' ? block.text : lineOf(block.children)))
    .join(' ')
    .replace(/\s+/gu, ' ')
    .trim()

const lineOf = (nodes: readonly Inline[]): string =>
  nodes
    .map((node) => (node.kind === 'spoiler' ? '▒▒▒' : 'children' in node ? lineOf(node.children) : node.text))
    .join('')
