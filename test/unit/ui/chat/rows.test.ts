import { expect, test } from 'vitest'
import type { MessageView } from '../../../../src/model/views.ts'
import { layOut } from '../../../../src/ui/chat/rows.ts'
import { BOB, id, message, MINUTE, NOON } from './sample.ts'

const DAY = 1440 * MINUTE

/** Each day as a word of its rows: `[` opens a group, `]` closes it, `|` is the divider. */
const draw = (messages: readonly MessageView[], firstUnread?: string | number): readonly string[] =>
  layOut(messages, firstUnread === undefined ? undefined : id(firstUnread)).map(({ rows }) =>
    rows
      .map((row) => `${row.divider ? '|' : ''}${row.first ? '[' : ''}${row.message.id.slice(1)}${row.last ? ']' : ''}`)
      .join('')
  )

test('messages of one author within five minutes are one group', () => {
  const messages = [
    message('a'),
    message('b', { at: NOON + 4 * MINUTE }),
    message('c', { at: NOON + 10 * MINUTE }),
    message('d', { at: NOON + 10 * MINUTE, mine: true })
  ]
  expect(draw(messages)).toEqual(['[ab][c][d]'])
})

test('a line that nobody wrote stands alone, and whoever writes around it begins anew', () => {
  const by = { did: BOB, name: 'Bob', mine: false }
  const system = { kind: 'left' as const, by }
  expect(draw([message('a'), message('s', { system }), message('t', { system }), message('b')])).toEqual([
    '[a][s][t][b]'
  ])
})

test('a new day begins a new group under its own heading', () => {
  const evening = new Date(2026, 10, 19, 23, 59).getTime()
  const messages = [message('a', { at: evening }), message('b', { at: evening + 2 * MINUTE })]
  expect(draw(messages)).toEqual(['[a]', '[b]'])
})

test('the unread divider stands above the first unread message and splits its group', () => {
  expect(draw([message('a'), message('b'), message('c')], 'b')).toEqual(['[a]|[bc]'])
})

test('a day that comes back, because order is by cause, gets its heading again under another key', () => {
  const days = layOut([message('a'), message('b', { at: NOON - DAY }), message('c')], undefined)
  expect(days.map(({ rows }) => rows.length)).toEqual([1, 1, 1])
  expect(new Set(days.map(({ key }) => key)).size).toBe(3)
})
