/**
 * Light markdown, from text to a tree the page draws as elements (never as HTML): *bold*, _italic_, ~strike~, `code`,
 * ||spoiler||, each also doubled, ``` blocks ``` and lines that begin with `> `. What does not close is shown as written.
 * Works in one pass over the text, whatever a peer sends. Who calls it brings what finds links: the real finder is large,
 * and a line of preview does without.
 */
import { toHref } from './href.ts'
import type { LinkSpan } from './href.ts'

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'spoiler'; readonly children: readonly Inline[] }

export type Block =
  | { readonly kind: 'paragraph' | 'quote'; readonly children: readonly Inline[] }
  | { readonly kind: 'pre'; readonly text: string }

type Styled = 'bold' | 'italic' | 'strike' | 'spoiler'
const KIND_BY_MARK: Readonly<Record<string, Styled>> = {
  '*': 'bold',
  '**': 'bold',
  _: 'italic',
  __: 'italic',
  '~': 'strike',
  '~~': 'strike',
  '||': 'spoiler'
}
/** Deeper nesting is shown as written: nobody writes it, and a hostile text must not make a deep tree. */
const MAX_DEPTH = 8
const FENCE = '```'

export type FindLinks = (text: string) => readonly LinkSpan[]

export const parseBlocks = (text: string, findLinks: FindLinks): readonly Block[] => {
  const blocks: Block[] = []
  let rest = text
  while (rest !== '') {
    const open = rest.indexOf(FENCE)
    const close = open === -1 ? -1 : rest.indexOf(FENCE, open + FENCE.length)
    if (close === -1) {
      blocks.push(...parseLines(rest, findLinks))
      break
    }
    const inside = rest
      .slice(open + FENCE.length, close)
      .replace(/^[\w+#.-]{0,16}\n/u, '')
      .replace(/\n$/u, '')
    if (open > 0) blocks.push(...parseLines(rest.slice(0, open).replace(/\n$/u, ''), findLinks))
    if (inside !== '') blocks.push({ kind: 'pre', text: inside })
    rest = rest.slice(close + FENCE.length).replace(/^\n/u, '')
  }
  // marks around nothing: an empty bubble would hide that something was written
  return blocks.length > 0 ? blocks : [{ kind: 'paragraph', children: [{ kind: 'text', text }] }]
}

/** Neighbouring lines of one kind are one block, so that line breaks stay inside it. */
const parseLines = (text: string, findLinks: FindLinks): readonly Block[] => {
  const blocks: { kind: 'paragraph' | 'quote'; lines: string[] }[] = []
  for (const line of text.split('\n')) {
    const quoted = line.startsWith('> ') || line === '>'
    const kind = quoted ? 'quote' : 'paragraph'
    const content = quoted ? line.slice(2) : line
    const last = blocks.at(-1)
    if (last?.kind === kind) last.lines.push(content)
    else blocks.push({ kind, lines: [content] })
  }
  return blocks
    .map(({ kind, lines }) => ({ kind, children: parseSpans(lines.join('\n'), findLinks) }))
    .filter(({ children }) => children.length > 0)
}

interface Opener {
  readonly mark: string
  /** Where in the flat output its text stands. */
  readonly at: number
}

const isWordy = (char: string): boolean => /[\p{L}\p{N}]/u.test(char)
const isSpace = (char: string): boolean => char === '' || /\s/u.test(char)

export const parseSpans = (text: string, findLinks: FindLinks): readonly Inline[] => {
  const links = findLinks(text)
  const output: Inline[] = []
  const openers: Opener[] = []
  let plain = ''
  let nextLink = 0
  // a mark that never closes again must not be looked for at every opener
  const lastTickAt = text.lastIndexOf('`')

  const flush = (): void => {
    if (plain !== '') output.push({ kind: 'text', text: plain })
    plain = ''
  }

  for (let at = 0; at < text.length;) {
    while (links[nextLink] !== undefined && (links[nextLink] as LinkSpan).start < at) nextLink++
    const link = links[nextLink]
    if (link?.start === at) {
      flush()
      const { end, href } = withoutClosingMark(text, link, openers)
      output.push({ kind: 'link', text: text.slice(at, end), href })
      at = end
      continue
    }
    const char = text[at] as string
    if (char === '`' && at < lastTickAt) {
      const close = text.indexOf('`', at + 1)
      const code = text.slice(at + 1, close)
      if (code !== '' && !code.includes('\n')) {
        flush()
        output.push({ kind: 'code', text: code })
        at = close + 1
        continue
      }
    }
    const mark = markAt(text, at, char)
    if (mark === undefined) {
      // a line break ends every style: a stray mark does not colour the rest of the message
      if (char === '\n') openers.length = 0
      plain += char
      at++
      continue
    }
    flush()
    const before = text[at - 1] ?? ''
    const after = text[at + mark.length] ?? ''
    const opener = !isSpace(before) && !isWordy(after) ? openers.findLastIndex((one) => one.mark === mark) : -1
    const started = openers[opener]
    // something must stand between the two marks
    if (started !== undefined && started.at < output.length - 1) {
      const children = output.splice(started.at + 1)
      output[started.at] = { kind: KIND_BY_MARK[mark] as Styled, children: joinTexts(children) }
      openers.length = opener
    } else {
      const mayOpen = !isSpace(after) && !isWordy(before) && openers.length < MAX_DEPTH
      if (mayOpen) openers.push({ mark, at: output.length })
      output.push({ kind: 'text', text: mark })
    }
    at += mark.length
  }
  flush()
  return joinTexts(output)
}

/** In `*https://example.org*` the last star belongs to us, though an address may end with one. */
const withoutClosingMark = (text: string, link: LinkSpan, openers: readonly Opener[]): LinkSpan => {
  const mark = /(?:([*_~])\1?|\|\|)$/u.exec(text.slice(link.start, link.end))?.[0]
  if (mark === undefined || openers.every((one) => one.mark !== mark)) return link
  const end = link.end - mark.length
  return { start: link.start, end, href: toHref(text.slice(link.start, end)) ?? link.href }
}

/** A run of one or two of the same mark character; longer runs are decoration. */
const markAt = (text: string, at: number, char: string): string | undefined => {
  if (!'*_~|'.includes(char)) return undefined
  let end = at
  while (text[end] === char && end - at < 3) end++
  if (end - at === 3 || text[at - 1] === char) return undefined
  const mark = text.slice(at, end)
  return mark in KIND_BY_MARK ? mark : undefined
}

const joinTexts = (nodes: readonly Inline[]): readonly Inline[] => {
  const joined: Inline[] = []
  let run: string[] = []
  const end = (): void => {
    if (run.length > 0) joined.push({ kind: 'text', text: run.join('') })
    run = []
  }
  for (const node of nodes) {
    if (node.kind === 'text') run.push(node.text)
    else {
      end()
      joined.push(node)
    }
  }
  end()
  return joined
}

/** What is left when every mark is taken away. */
export const plainText = (nodes: readonly Inline[]): string =>
  nodes.map((node) => ('children' in node ? plainText(node.children) : node.text)).join('')
