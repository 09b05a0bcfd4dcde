import { expect, test } from 'vitest'
import { markMatches, splitAtMarks } from '../../../../src/ui/chat/mark-matches.ts'

const show = (parts: readonly { readonly text: string; readonly match: boolean }[]): string =>
  parts.map(({ text, match }) => (match ? `[${text}]` : text)).join('')

test.each([
  ['The Boat and the boathouse', 'boat', 'The [Boat] and the [boat]house'],
  ['one two three', 'three one', '[one] two [three]'],
  ['a+b (c)', '+b (c', 'a[+b] [(c])'],
  ['nothing', '', 'nothing'],
  ['ÄRGER über', 'ärger', '[ÄRGER] über'],
  ['boathouse', 'boat boathouse', '[boathouse]']
])('%j searched for %j is %j', (text, query, expected) => {
  expect(show(markMatches(text, query))).toBe(expected)
})

test('an excerpt is split where the node says', () => {
  expect(show(splitAtMarks('did the boat survive', [[8, 12]]))).toBe('did the [boat] survive')
})

test('marks that overlap or lie outside are left out', () => {
  expect(
    show(
      splitAtMarks('abc', [
        [0, 2],
        [1, 3],
        [2, 9]
      ])
    )
  ).toBe('[ab]c')
})
