import { expect, test } from 'vitest'
import type { ComposerKey, ComposerSituation } from '../../../../src/ui/chat/composer-keys.ts'
import { keyToAction } from '../../../../src/ui/chat/composer-keys.ts'

const press = (key: string, change: Partial<ComposerKey> = {}): ComposerKey => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  keyCode: 0,
  ...change
})
const desk: ComposerSituation = { enterSends: true, softKeyboard: false, empty: false, editing: false, replying: false }

test('Enter sends and Shift+Enter breaks the line', () => {
  expect(keyToAction(press('Enter'), desk)).toBe('send')
  expect(keyToAction(press('Enter', { shiftKey: true }), desk)).toBe('newline')
})

test('the other way round when the person chose so: Ctrl+Enter sends', () => {
  const chosen = { ...desk, enterSends: false }
  expect(keyToAction(press('Enter'), chosen)).toBe('newline')
  expect(keyToAction(press('Enter', { ctrlKey: true }), chosen)).toBe('send')
  expect(keyToAction(press('Enter', { metaKey: true }), chosen)).toBe('send')
})

test('on a soft keyboard Enter breaks the line', () => {
  expect(keyToAction(press('Enter'), { ...desk, softKeyboard: true })).toBe('newline')
})

test('a key that belongs to an input method is never ours', () => {
  expect(keyToAction(press('Enter', { isComposing: true }), desk)).toBeUndefined()
  expect(keyToAction(press('Enter', { keyCode: 229 }), desk)).toBeUndefined()
  expect(keyToAction(press('ArrowUp', { isComposing: true }), { ...desk, empty: true })).toBeUndefined()
})

test('the arrow up changes the last message only from an empty box', () => {
  expect(keyToAction(press('ArrowUp'), { ...desk, empty: true })).toBe('edit-last')
  expect(keyToAction(press('ArrowUp'), desk)).toBeUndefined()
  expect(keyToAction(press('ArrowUp'), { ...desk, empty: true, editing: true })).toBeUndefined()
})

test('Escape leaves a reply or an edit, and is left to others when there is neither', () => {
  expect(keyToAction(press('Escape'), { ...desk, replying: true })).toBe('cancel')
  expect(keyToAction(press('Escape'), { ...desk, editing: true })).toBe('cancel')
  expect(keyToAction(press('Escape'), desk)).toBeUndefined()
})
