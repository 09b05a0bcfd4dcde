import { expect, test } from 'vitest'
import { EMOJI, EMOJI_GROUPS, findEmoji, withSkinTone } from '../../../../src/ui/chat/emoji-data.ts'
import { emojiSize } from '../../../../src/ui/chat/emoji-only.ts'

test.each([
  ['👍', 'huge'],
  ['❤️', 'huge'],
  ['👨‍👩‍👧 🏳️‍🌈', 'huge'],
  ['👍🏽👍🏽👍🏽', 'huge'],
  ['😀😀😀😀', 'large'],
  ['🇩🇪', 'huge'],
  ['😀😀😀😀😀😀😀', undefined],
  ['👍 ok', undefined],
  ['1', undefined],
  ['#', undefined],
  ['', undefined],
  [' ', undefined],
  ['😀'.repeat(5000), undefined]
])('%j is shown as %j', (text, size) => {
  expect(emojiSize(text)).toBe(size)
})

test('no emoji stands twice, and every one has words to find it by', () => {
  const all = EMOJI_GROUPS.flatMap((group) => EMOJI[group])
  expect(all.every(({ emoji, words }) => emoji !== '' && words !== '')).toBe(true)
  const twice = all.filter(({ emoji }, index) => all.findIndex((one) => one.emoji === emoji) !== index)
  expect(twice).toEqual([])
})

test('a search finds by the beginning of words, the best name first', () => {
  expect(findEmoji('cat')[0]?.emoji).toBe('😺')
  expect(findEmoji('tears jo').map(({ emoji }) => emoji)).toEqual(['😂'])
  expect(findEmoji('  ')).toEqual([])
})

test('a skin tone is put on hands and people, and on nothing else', () => {
  expect(withSkinTone('👍', '🏽')).toBe('👍🏽')
  expect(withSkinTone('✌️', '🏿')).toBe('✌🏿')
  expect(withSkinTone('🔥', '🏽')).toBe('🔥')
})
