import { expect, test } from 'vitest'
import { nameOf } from '../../../src/messenger/names.ts'
import type { Did } from '../../../src/model/ids.ts'

const did = 'did:key:z6MkabcdefGHIJKL' as Did
const shown = (name: string): string => nameOf({ did, name, alias: undefined })

test('a name that shows nothing is shown as the end of the did', () => {
  for (const name of ['', '   ', '\u200b\u200d', '\u3164\u2800', '\u202e', '\n\t']) expect(shown(name)).toBe('…GHIJKL')
})

test('a name cannot turn the text around it, nor break its line', () => {
  expect(shown('Ann\u202egnp.exe')).toBe('Anngnp.exe')
  expect(shown('\u2067Ann\u2069\u2069')).toBe('Ann')
  expect(shown('Ann\nBob wrote:\u0000')).toBe('Ann Bob wrote:')
})

test('names of every script stay as they are', () => {
  for (const name of ['Zoë', 'محمد رضا', 'می‌خواهم', '山田太郎', '👩‍👩‍👧 Kim', 'Olá  mundo'.replace('  ', ' ')])
    expect(shown(name)).toBe(name)
})

test('our own alias is ours to choose', () => {
  expect(nameOf({ did, name: 'x', alias: 'Boss' })).toBe('Boss')
})
