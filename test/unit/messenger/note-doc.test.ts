/** Notes as Yjs updates: bad ones are void for everybody, contradicting ones give one text, packing loses nothing. */
import { Doc, encodeStateAsUpdate } from 'yjs'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { foldNote, isNoteUpdate, mergeNote, noteText, packUpdates } from '../../../src/messenger/note-doc.ts'

const write = (client: number, edits: readonly ((doc: Doc) => void)[]): Uint8Array[] => {
  const doc = new Doc()
  doc.clientID = client
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  for (const edit of edits) doc.transact(() => edit(doc))
  return updates
}
const insert =
  (at: number, text: string) =>
  (doc: Doc): void =>
    doc.getText('note').insert(at, text)

test('updates make one text, at once or bit by bit', () => {
  const updates = write(1, [insert(0, 'hello'), insert(5, ' world'), (doc) => doc.getText('note').delete(0, 1)])
  const whole = foldNote(undefined, updates)
  expect(noteText(whole)).toBe('ello world')
  const step = updates.reduce<Uint8Array | undefined>((state, update) => foldNote(state, [update]), undefined)
  expect(noteText(step!)).toBe('ello world')
})

test('what is no update is void and spoils nothing', () => {
  const random = seededRandom(4)
  const good = write(1, [insert(0, 'stays'), insert(5, '!')])
  for (let times = 0; times < 600; times++) {
    const base = good[times % 2] ?? new Uint8Array()
    const bytes = times % 3 === 0 ? random.bytes(1 + Math.floor(random.fraction() * 60)) : base.slice()
    for (let flips = 0; flips < 4; flips++)
      bytes[Math.floor(random.fraction() * bytes.length)] = random.bytes(1)[0] ?? 0
    isNoteUpdate(bytes)
    const state = foldNote(undefined, [good[0]!, bytes, good[1]!])
    expect(typeof noteText(state)).toBe('string')
  }
  const rubbish = [Uint8Array.of(255, 255, 255, 255, 255, 255), new Uint8Array(1000).fill(7), Uint8Array.of(1)]
  expect(rubbish.map(isNoteUpdate)).toEqual([false, false, false])
  expect(noteText(foldNote(undefined, [...rubbish, ...good]))).toBe('stays!')
})

test('two updates that claim the same place give what comes first in the log', () => {
  const [one] = write(9, [insert(0, 'yes')])
  const [other] = write(9, [insert(0, 'noo')])
  expect(noteText(foldNote(undefined, [one!, other!]))).toBe('yes')
  expect(noteText(foldNote(foldNote(undefined, [one!]), [other!]))).toBe('yes')
})

test('what stands on something missing waits for it', () => {
  const [first, second] = write(1, [insert(0, 'ab'), insert(1, 'x')])
  const state = foldNote(undefined, [second!])
  expect(noteText(state)).toBe('')
  expect(noteText(foldNote(state, [first!]))).toBe('axb')
})

test('a note whose text is something else is still a text', () => {
  const doc = new Doc()
  doc.getArray('note').insert(0, [{ a: 1 }, 'x'])
  doc.getMap('other').set('k', new Uint8Array(10))
  const update = encodeStateAsUpdate(doc)
  const [good] = write(2, [insert(0, 'text')])
  expect(typeof noteText(foldNote(undefined, [update, good!]))).toBe('string')
})

test('many small updates pack into few that fit', () => {
  const updates = write(
    1,
    Array.from({ length: 3000 }, (_, index) => insert(index, 'é'))
  )
  const packed = packUpdates(updates, 2048)
  expect(packed.length).toBeLessThan(15)
  expect(Math.max(...packed.map(({ length }) => length))).toBeLessThanOrEqual(2048)
  expect(noteText(foldNote(undefined, packed))).toBe('é'.repeat(3000))
  expect(noteText(mergeNote(updates))).toBe('é'.repeat(3000))
})
