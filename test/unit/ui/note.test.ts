// @vitest-environment jsdom
import { expect, test, vi } from 'vitest'
import { Doc, Map as YMap, applyUpdate, encodeStateAsUpdate } from 'yjs'
import { createNoteDoc } from '../../../src/ui/note/note-doc.ts'
import type { NoteDoc } from '../../../src/ui/note/note-doc.ts'
import { changeBetween, movePosition } from '../../../src/ui/note/text-diff.ts'

const KIB = 1024

/** Two people with one note: what one sends, the other is told. */
const openTwo = async (): Promise<{ readonly ann: NoteDoc; readonly ben: NoteDoc; readonly sizes: number[] }> => {
  const sizes: number[] = []
  const docs: NoteDoc[] = []
  const open = (other: number): Promise<NoteDoc> =>
    createNoteDoc({
      change: async (update) => {
        sizes.push(update.length)
        docs[other]?.take(update)
      },
      onText: () => undefined
    })
  docs.push(await open(1), await open(0))
  return { ann: docs[0] as NoteDoc, ben: docs[1] as NoteDoc, sizes }
}

test.each([
  ['abc', 'abXc', { at: 2, removed: 0, inserted: 'X' }],
  ['abc', 'ac', { at: 1, removed: 1, inserted: '' }],
  ['one two', 'one 2', { at: 4, removed: 3, inserted: '2' }],
  ['aaa', 'aaaa', { at: 3, removed: 0, inserted: 'a' }],
  ['same', 'same', undefined],
  ['', 'new', { at: 0, removed: 0, inserted: 'new' }]
])('from %j to %j the smallest change is found', (old, next, wanted) => {
  expect(changeBetween(old, next)).toEqual(wanted)
})

test('a change never cuts an emoji in half', () => {
  // both begin with the same half and end with the same half
  expect(changeBetween('😀', '😁')).toEqual({ at: 0, removed: 2, inserted: '😁' })
  expect(changeBetween('a😀b', 'a🐀b')).toEqual({ at: 1, removed: 2, inserted: '🐀' })
})

test('a caret stays at its word while others write and delete around it', () => {
  const hello = 'hello world'
  expect(movePosition([{ insert: 'oh, ' }], 6)).toBe(10)
  expect(movePosition([{ retain: 11 }, { insert: '!' }], 6)).toBe(6)
  expect(movePosition([{ delete: 6 }], 8)).toBe(2)
  expect(movePosition([{ retain: 4 }, { delete: 4 }], 6)).toBe(4)
  // right at the caret: what comes stands behind it
  expect(movePosition([{ retain: 6 }, { insert: 'big ' }], 6)).toBe(6)
  expect(hello.slice(6)).toBe('world')
})

test('two who write at once end with the same text, and nothing that either wrote is missing', async () => {
  vi.useFakeTimers()
  const { ann, ben } = await openTwo()
  ann.edit('bread\nmilk')
  await vi.runAllTimersAsync()
  expect(ben.text()).toBe('bread\nmilk')
  ann.edit('rye bread\nmilk')
  ben.edit('bread\nmilk\neggs')
  await vi.runAllTimersAsync()
  expect(ann.text()).toBe('rye bread\nmilk\neggs')
  expect(ben.text()).toBe(ann.text())
  vi.useRealTimers()
})

test('undo takes back what one wrote, never what the other did', async () => {
  vi.useFakeTimers()
  const { ann, ben } = await openTwo()
  ann.edit('mine')
  await vi.runAllTimersAsync()
  ben.edit('mine and theirs')
  await vi.runAllTimersAsync()
  ann.undo()
  expect(ann.text()).toBe(' and theirs')
  ann.redo()
  expect(ann.text()).toBe('mine and theirs')
  vi.useRealTimers()
})

test('a pasted book goes out in parts that the node takes, and arrives whole', async () => {
  vi.useFakeTimers()
  const { ann, ben, sizes } = await openTwo()
  const book = '書'.repeat(50_000)
  ann.edit(book)
  await vi.runAllTimersAsync()
  expect(Math.max(...sizes)).toBeLessThanOrEqual(32 * KIB)
  expect(ben.text()).toBe(book)
  vi.useRealTimers()
})

test('what could not be saved is said, kept, and goes out later in order', async () => {
  vi.useFakeTimers()
  let isBroken = true
  const sent: Uint8Array[] = []
  const doc = await createNoteDoc({
    change: async (update) => {
      if (isBroken) throw new Error('away')
      sent.push(update)
    },
    onText: () => undefined
  })
  doc.edit('one')
  await vi.advanceTimersByTimeAsync(500)
  expect(doc.state.value).toBe('failed')
  doc.edit('one two')
  isBroken = false
  // the screen goes away: it is saved all the same
  doc.stop()
  await vi.runAllTimersAsync()
  const other = new Doc()
  for (const update of sent) applyUpdate(other, update)
  expect(other.getText('note').toJSON()).toBe('one two')
  expect(doc.state.value).toBe('saved')
  vi.useRealTimers()
})

test('what is no letter in a hostile note is taken out, so that positions stay those of the box', async () => {
  const hostile = new Doc()
  const text = hostile.getText('note')
  text.insert(0, 'ab')
  text.insertEmbed(1, new YMap())
  const doc = await createNoteDoc({ change: async () => undefined, onText: () => undefined })
  doc.take(encodeStateAsUpdate(hostile))
  doc.edit('abc')
  expect(doc.text()).toBe('abc')
  doc.take(new Uint8Array())
  expect(() => doc.take(new Uint8Array([255, 255, 255, 1, 2]))).toThrow()
  expect(doc.text()).toBe('abc')
})
