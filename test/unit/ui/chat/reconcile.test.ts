import { expect, test } from 'vitest'
import { keepUnchanged } from '../../../../src/ui/chat/reconcile.ts'
import { message } from './sample.ts'

test('messages that did not change keep their object, and an unchanged list its own', () => {
  const old = [message(1), message(2)]
  expect(keepUnchanged(old, structuredClone(old))).toBe(old)
  const fresh = structuredClone([...old, message(3)])
  const merged = keepUnchanged(old, fresh)
  expect(merged[0]).toBe(old[0])
  expect(merged[2]).toBe(fresh[2])
})

test.each([
  ['text', { text: 'other' }],
  ['delivery', { delivery: 'read' as const }],
  ['a reaction', { reactions: [{ emoji: '👍', count: 1, mine: true, names: ['Alice'] }] }],
  ['a quote', { quote: { message: message(9).id, author: 'Bob', mine: false, text: 'x' } }]
])('a change of %s is a new object', (_what, change) => {
  const old = [message(1, { mine: true })]
  const merged = keepUnchanged(old, [message(1, { mine: true, ...change })])
  expect(merged[0]).not.toBe(old[0])
  expect(merged[0]).toMatchObject(change)
})

test('what left the window is gone, and the order is the new one', () => {
  const [a, b, c] = [message(1), message(2), message(3)]
  expect(keepUnchanged([a, b], [b, c])).toEqual([b, c])
  expect(keepUnchanged([a, b], [b, a])).toEqual([b, a])
})
