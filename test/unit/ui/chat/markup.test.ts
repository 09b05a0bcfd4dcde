import { expect, test } from 'vitest'
import { parseInline, parseMarkup } from '../../../../src/ui/chat/markup.ts'
import type { Block, Inline } from '../../../../src/ui/chat/markup-tree.ts'
import { toLine } from '../../../../src/ui/chat/to-line.ts'

/** A tree as a line: `<bold: …>`; what is not in brackets is text. */
const show = (nodes: readonly Inline[]): string =>
  nodes
    .map((node) =>
      node.kind === 'text'
        ? node.text
        : node.kind === 'code'
          ? `<code: ${node.text}>`
          : node.kind === 'link'
            ? `<link: ${node.text}>`
            : `<${node.kind}: ${show(node.children)}>`
    )
    .join('')
const showBlocks = (blocks: readonly Block[]): readonly string[] =>
  blocks.map((block) => `${block.kind}: ${block.kind === 'pre' ? block.text : show(block.children)}`)

test.each([
  ['plain words', 'plain words'],
  ['*bold* and **bold**', '<bold: bold> and <bold: bold>'],
  ['_it_ and __it__', '<italic: it> and <italic: it>'],
  ['~gone~ and ~~gone~~', '<strike: gone> and <strike: gone>'],
  ['||who did it||', '<spoiler: who did it>'],
  ['`a *b*`', '<code: a *b*>'],
  ['*bold _and italic_ too*', '<bold: bold <italic: and italic> too>'],
  ['(*bold*)!', '(<bold: bold>)!'],
  ['2 * 3 * 4', '2 * 3 * 4'],
  ['snake_case_name', 'snake_case_name'],
  ['*not closed', '*not closed'],
  ['not opened*', 'not opened*'],
  ['**', '**'],
  ['****', '****'],
  ['*** stars ***', '*** stars ***'],
  ['*over\na line*', '*over\na line*'],
  ['a || b || c', 'a || b || c'],
  ['*a _b* c_', '<bold: a _b> c_'],
  ['`', '`'],
  ['``', '``'],
  ['* * * *x*', '* * * <bold: x>'],
  ['*жирный* 中*文*', '<bold: жирный> 中*文*'],
  ['see https://example.org/a_b_c now', 'see <link: https://example.org/a_b_c> now'],
  ['*https://example.org/x*', '<bold: <link: https://example.org/x>>'],
  ['_see https://example.org/x_', '<italic: see <link: https://example.org/x>>'],
  ['https://example.org/x_', '<link: https://example.org/x_>']
])('%j is read as %j', (text, expected) => {
  expect(show(parseInline(text))).toBe(expected)
})

test.each([
  ['a\n> b\n> c\nd', ['paragraph: a', 'quote: b\nc', 'paragraph: d']],
  ['before\n```\nlet a = 1\n  b\n```\nafter', ['paragraph: before', 'pre: let a = 1\n  b', 'paragraph: after']],
  ['```ts\nconst a = 1\n```', ['pre: const a = 1']],
  ['```only opened', ['paragraph: ```only opened']],
  ['>no space', ['paragraph: >no space']],
  ['two\n\nlines', ['paragraph: two\n\nlines']]
])('%j is laid out as %j', (text, expected) => {
  expect(showBlocks(parseMarkup(text))).toEqual(expected)
})

test('every character that is not a mark that closes is kept', () => {
  const text = '<b>not html</b> & *x* "quoted" <script>alert(1)</script>'
  expect(show(parseInline(text))).toBe('<b>not html</b> & <bold: x> "quoted" <script>alert(1)</script>')
})

test('a text made of nothing but marks is read in one pass and shown as it is', () => {
  for (const mark of ['*a ', '_', '~x', '`\n', '||a', '*_~', '> ', '```'])
    expect(showBlocks(parseMarkup(mark.repeat(Math.ceil(16_384 / mark.length)))).length).toBeGreaterThan(0)
})

test('in a quote the marks are gone, the lines are one, and a spoiler gives nothing away', () => {
  expect(toLine('*It was* the ||butler||\n> in the `library`')).toBe('It was the ▒▒▒ in the library')
})
