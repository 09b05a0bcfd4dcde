import { expect, test } from 'vitest'
import type { Did } from '../../../../src/model/ids.ts'
import { completionAt, mentionsIn, splitAtNames } from '../../../../src/ui/chat/mentions.ts'
import type { People, Person } from '../../../../src/ui/chat/people.ts'

const person = (given: string, change: Partial<Person> = {}): Person => ({
  did: `did:key:${given}` as Did,
  name: given,
  given,
  avatar: { hue: 1 },
  mine: false,
  isContact: true,
  ...change
})
const peopleOf = (...all: readonly Person[]): People => new Map(all.map((one) => [one.did, one]))

const LENA = person('Lena')
const MARKOVIC = person('Lena Marković')
const AYA = person('Aya Bensaïd', { name: 'Aya from the train' })
const ME = person('Mia', { mine: true })
const ALL = peopleOf(LENA, MARKOVIC, AYA, ME)

test('the longest name wins, and a name in the middle of a word is none', () => {
  const names = ['Lena', 'Lena Marković']
  expect(splitAtNames('hi @Lena Marković, and @Lena!', names)).toEqual([
    { text: 'hi ' },
    { text: '@Lena Marković', named: 'Lena Marković' },
    { text: ', and ' },
    { text: '@Lena', named: 'Lena' },
    { text: '!' }
  ])
  expect(splitAtNames('me@Lena.org and @Lenas', names)).toEqual([{ text: 'me@Lena.org and @Lenas' }])
})

test('who is named is found in what is sent, by the name they gave, never by our alias', () => {
  expect(mentionsIn('@Aya Bensaïd look', ALL).map(({ did }) => did)).toEqual([AYA.did])
  expect(mentionsIn('@Aya from the train', ALL)).toEqual([])
  expect(mentionsIn('@Mia note to me', ALL)).toEqual([])
  expect(mentionsIn('@Lena Marković', ALL).map(({ did }) => did)).toEqual([MARKOVIC.did])
  expect(mentionsIn('@Lena', undefined)).toEqual([])
})

test.each([
  ['@', ['Aya from the train', 'Lena', 'Lena Marković']],
  ['hi @le', ['Lena', 'Lena Marković']],
  ['hi @mark', ['Lena Marković']],
  ['@bensaid', ['Aya from the train']],
  ['@lena m', ['Lena Marković']],
  ['@lena ', ['Lena Marković']],
  ['@zoe', undefined],
  ['mail@le', undefined],
  ['@ le', undefined],
  ['@le\n', undefined],
  ['plain', undefined]
])('%j offers %j', (text, names) => {
  expect(completionAt(text, text.length, ALL)?.found.map(({ name }) => name)).toEqual(names)
})

test('what is offered belongs to the caret, not to the end of the text', () => {
  expect(completionAt('hi @le and more', 6, ALL)).toMatchObject({ from: 3, to: 6 })
  expect(completionAt('hi @le and more', 12, ALL)).toBeUndefined()
})
