/** The search engine: what is found, in which order, and what is found no more. */
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../../src/base/log.ts'
import { createContext } from '../../../src/messenger/context.ts'
import type { MessengerDeps } from '../../../src/messenger/context.ts'
import { createSearching } from '../../../src/messenger/search/searching.ts'
import { createTextIndex } from '../../../src/messenger/search/text-index.ts'
import type { IndexedRow } from '../../../src/messenger/search/text-index.ts'
import { orderKey } from '../../../src/model/fold.ts'
import type { ChatId, Did, MessageId } from '../../../src/model/ids.ts'
import { findMarks, findWords, foldText, wordsOf } from '../../../src/model/search.ts'
import { createWorld, first } from '../../cast.ts'
import type { Person, World } from '../../cast.ts'

const NOW = Date.UTC(2026, 10, 20)

const row = (number: number, text: string, { chat = 'chat', author = 'did:key:a' } = {}): IndexedRow => {
  const time = NOW + number * 1000
  return {
    id: `message ${number}` as MessageId,
    chat: chat as ChatId,
    author: author as Did,
    order: orderKey({ time, tick: 0 }, Uint8Array.from([number >> 8, number & 255]), []),
    time,
    arrivedAt: time,
    text
  }
}
const texts = (index: ReturnType<typeof createTextIndex>, query: string, filter = {}, max = 200): string[] =>
  index.find(wordsOf(query), filter, max).map(({ text }) => text)

test('the index finds what findWords finds, newest first', () => {
  const word = fc.constantFrom(
    'cat',
    'CAT',
    'concat',
    'Straße',
    'strasse',
    'été',
    'ete',
    '你好吗',
    '好',
    'سَلام',
    'سلام',
    'ΟΔΟΣ',
    '🦊'
  )
  const text = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '))
  fc.assert(
    fc.property(fc.array(text, { maxLength: 30 }), text, fc.integer({ min: 1, max: 7 }), (all, query, step) => {
      const index = createTextIndex()
      // in any order, in any portions
      const rows = all.map((one, number) => row((number * 17) % 31, one))
      const unique = [...new Map(rows.map((one) => [one.id, one])).values()]
      for (let at = 0; at < unique.length; at += step) index.put(unique.slice(at, at + step))
      const wanted = unique
        .filter((one) => findWords(one.text, wordsOf(query)) !== undefined)
        .toSorted((a, b) => b.time - a.time)
      expect(index.find(wordsOf(query), {}, 200).map(({ id }) => id)).toEqual(wanted.map(({ id }) => id))
    }),
    { seed: 2611 }
  )
})

test('folding a text is folding its characters one by one, and every mark points at what was meant', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      expect(Array.from(text, foldText).join('')).toBe(foldText(text))
      for (const [start, end] of findMarks(text, wordsOf(text))) expect(end).toBeGreaterThan(start)
    }),
    { seed: 2611, numRuns: 200 }
  )
  const text = 'In der Straße, im CAFÉ'
  expect(findMarks(text, wordsOf('cafe strasse')).map(([start, end]) => text.slice(start, end))).toEqual([
    'Straße',
    'CAFÉ'
  ])
  expect(findMarks('Größe', wordsOf('os'))).toEqual([[2, 4]])
})

test('filters by chat, person and time must all hold', () => {
  const index = createTextIndex()
  index.put([
    row(1, 'tea one'),
    row(2, 'tea two', { chat: 'other' }),
    row(3, 'tea three', { author: 'did:key:b' }),
    row(4, 'tea four')
  ])
  expect(texts(index, 'tea')).toEqual(['tea four', 'tea three', 'tea two', 'tea one'])
  expect(texts(index, 'tea', { chat: 'other' })).toEqual(['tea two'])
  expect(texts(index, 'tea', { author: 'did:key:b' })).toEqual(['tea three'])
  expect(texts(index, 'tea', { from: NOW + 2000, to: NOW + 4000 })).toEqual(['tea three', 'tea two'])
  expect(texts(index, 'tea', { chat: 'chat', from: NOW + 2000, to: NOW + 4000 })).toEqual(['tea three'])
  expect(texts(index, 'tea', {}, 1)).toEqual(['tea four'])
})

test('an edited text is found by its new words only, and nothing of a dropped one stays in memory', () => {
  const index = createTextIndex()
  index.put([row(1, 'first version'), row(2, 'überall version')])
  index.put([row(1, 'second thought')])
  expect(texts(index, 'version')).toEqual(['überall version'])
  expect(texts(index, 'thought')).toEqual(['second thought'])
  index.drop((id) => id === 'message 2')
  expect(texts(index, 'uberall')).toEqual([])
  expect(index.size()).toBe(1)
})

test('thousands of edits do not make it grow', () => {
  const index = createTextIndex()
  for (let turn = 0; turn < 600; turn++)
    index.put(Array.from({ length: 10 }, (_, number) => row(number, `${'x'.repeat(2000)} turn ${turn}`)))
  expect(index.bytes()).toBeLessThan(8 * 1024 * 1024)
  expect(texts(index, 'turn 599')).toHaveLength(10)
  expect(texts(index, 'turn 598')).toHaveLength(0)
})

let world: World
beforeEach(async () => {
  world = await createWorld()
})
afterEach(() => world.stop())

const setup = async (): Promise<{ alice: Person; bob: Person }> => {
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  return { alice, bob }
}
const found = async (person: Person, query: string): Promise<string[]> =>
  (await person.messenger.search(query)).map(({ excerpt }) => excerpt)

test('what is written, edited and removed after the first question is found as it is now', async () => {
  const { alice, bob } = await setup()
  const chat = await alice.chatWith(bob)
  const old = await alice.write(bob, 'the silver key')
  await alice.write(bob, 'the golden key')
  expect(await found(alice, 'key')).toEqual(['the golden key', 'the silver key'])

  await alice.messenger.edit(chat, old, 'the silver spoon')
  await world.pass(1000)
  await bob.write(alice, 'which key?')
  await world.settle()
  expect(await found(alice, 'key')).toEqual(['which key?', 'the golden key'])
  expect(await found(bob, 'spoon')).toEqual(['the silver spoon'])

  await alice.messenger.remove(chat, old, 'everyone')
  await world.settle()
  expect(await found(alice, 'silver')).toEqual([])
  expect(await found(bob, 'silver')).toEqual([])
  const [hit] = await bob.messenger.search('golden')
  await bob.messenger.remove(hit!.chat, hit!.message, 'me')
  expect(await found(bob, 'golden')).toEqual([])
  expect(await found(alice, 'golden')).toEqual(['the golden key'])
})

test('a person is found by what they wrote, and a day by what was written then', async () => {
  const { alice, bob } = await setup()
  await alice.write(bob, 'lunch at noon')
  await world.pass(3 * 86_400_000)
  const since = world.clock.now()
  await bob.write(alice, 'lunch again')
  await world.settle()
  const by = async (filter: object): Promise<string[]> =>
    (await alice.messenger.search('lunch', filter)).map(({ excerpt }) => excerpt)
  expect(await by({ author: bob.did })).toEqual(['lunch again'])
  expect(await by({ author: alice.did })).toEqual(['lunch at noon'])
  expect(await by({ from: since })).toEqual(['lunch again'])
  expect(await by({ to: since })).toEqual(['lunch at noon'])
})

test('an open search shows what is found as it comes', async () => {
  const { alice, bob } = await setup()
  await alice.write(bob, 'orange one')
  const feed = alice.messenger.watchSearch('orange')[Symbol.asyncIterator]()
  const seen: string[][] = []
  const read = async (count: number): Promise<void> => {
    while (seen.at(-1)?.length !== count) {
      const { value } = await feed.next()
      seen.push(value.hits.map(({ excerpt }: { excerpt: string }) => excerpt))
    }
  }
  await read(1)
  await bob.write(alice, 'orange two')
  await read(2)
  expect(seen.at(-1)).toEqual(['orange two', 'orange one'])
  await feed.return?.()
  expect((await first(alice.messenger.watchSearch('orange'))).isWhole).toBe(true)
})

test('after ten quiet minutes the index is gone, and the next question makes it again', async () => {
  const { alice, bob } = await setup()
  await alice.write(bob, 'here and now')
  expect(await found(alice, 'now')).toHaveLength(1)
  await world.pass(30 * 60_000)
  await alice.write(bob, 'now again')
  expect(await found(alice, 'now')).toHaveLength(2)
})

test('the texts of a declined stranger are found no more', async () => {
  const [alice, bob] = await world.people('alice', 'bob')
  await world.settle()
  const someone = await bob.messenger.findSomeone(alice.did)
  if (someone.outcome !== 'found') throw new Error(someone.outcome)
  await bob.messenger.send(someone.chat, { text: 'buy my rubbish' })
  await world.settle()
  expect(await found(alice, 'rubbish')).toHaveLength(1)
  await alice.messenger.declineRequest(await alice.chatWith(bob))
  expect(await found(alice, 'rubbish')).toHaveLength(0)
})

test('what memory has no room for is found on the disk, and what comes later in memory', async () => {
  const { alice, bob } = await setup()
  for (let number = 1; number <= 5; number++) {
    await world.pass(1000)
    await alice.write(bob, `pebble ${number}`)
  }
  await world.settle()
  const deps = { db: alice.db, clock: world.clock, random: world.random, log: silentLog }
  const ctx = createContext(deps as unknown as MessengerDeps)
  const searching = createSearching(ctx, 0)
  const pebbles = async (filter = {}): Promise<string[]> =>
    (await searching.search('pebble', filter)).map(({ excerpt }) => excerpt)
  expect(await pebbles()).toEqual(['pebble 5', 'pebble 4', 'pebble 3', 'pebble 2', 'pebble 1'])
  expect(await pebbles({ author: bob.did })).toEqual([])

  await world.pass(1000)
  const late = await alice.write(bob, 'pebble 6')
  await alice.messenger.edit(await alice.chatWith(bob), late, 'pebble six')
  await world.settle()
  expect((await pebbles()).slice(0, 2)).toEqual(['pebble six', 'pebble 5'])
  searching.stop()
  expect(await pebbles()).toEqual([])
})

test('a text that has disappeared is found no more', async () => {
  const { alice, bob } = await setup()
  const chat = await alice.chatWith(bob)
  await alice.messenger.setTimer(chat, 60)
  await world.settle()
  await alice.write(bob, 'burn after reading')
  await world.settle()
  expect(await found(alice, 'burn')).toEqual(['burn after reading'])
  expect(await found(bob, 'burn')).toEqual(['burn after reading'])
  const bobs = await bob.chatWith(alice)
  const [last] = (await bob.timeline(bobs)).messages.slice(-1)
  await bob.messenger.markRead(bobs, last!.id)
  await world.pass(3 * 60_000)
  expect(await found(alice, 'burn')).toEqual([])
  expect(await found(bob, 'burn')).toEqual([])
})
