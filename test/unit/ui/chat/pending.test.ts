import { expect, test } from 'vitest'
import type { MessageId } from '../../../../src/model/ids.ts'
import { mergePending } from '../../../../src/ui/chat/pending.ts'
import type { Pending } from '../../../../src/ui/chat/pending.ts'
import { id, ME, message, NOON } from './sample.ts'

const pending = (key: string, text: string, change: Partial<Pending> = {}): Pending => ({
  key,
  text,
  at: NOON,
  before: new Set<MessageId>(),
  ...change
})
const texts = (...merged: Parameters<typeof mergePending>): readonly string[] =>
  mergePending(...merged).messages.map(({ text }) => text)

test('what was sent this moment stands at the end, waiting', () => {
  const { messages } = mergePending([message(1)], [pending('k', 'hello')], ME)
  expect(messages.at(-1)).toMatchObject({ text: 'hello', mine: true, delivery: 'queued' })
})

test('it is shown once when the timeline has it, and keeps its row', () => {
  const sent = message(2, { mine: true, text: 'hello' })
  const { messages, found } = mergePending([message(1), sent], [pending('k', 'hello', { id: id(2) })], ME)
  expect(messages).toEqual([message(1), sent])
  expect(found.get(id(2))?.key).toBe('k')
})

test('it is shown once even when the timeline is faster than the answer to the call', () => {
  expect(texts([message(2, { mine: true, text: 'hello' })], [pending('k', 'hello')], ME)).toEqual(['hello'])
})

test('an older message with the same text is not mistaken for it', () => {
  const old = message(1, { mine: true, text: 'ok' })
  expect(texts([old], [pending('k', 'ok', { before: new Set([id(1)]) })], ME)).toEqual(['ok', 'ok'])
})

test('the same text sent twice is two messages at every step', () => {
  const twice = [pending('a', 'ok'), pending('b', 'ok')]
  const first = message(1, { mine: true, text: 'ok' })
  expect(texts([], twice, ME)).toEqual(['ok', 'ok'])
  expect(texts([first], twice, ME)).toEqual(['ok', 'ok'])
  expect(texts([first, message(2, { mine: true, text: 'ok' })], twice, ME)).toEqual(['ok', 'ok'])
})

test('a message from the other side with the same text is not mistaken for it', () => {
  expect(texts([message(1, { text: 'ok' })], [pending('k', 'ok')], ME)).toEqual(['ok', 'ok'])
})
