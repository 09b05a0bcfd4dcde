/** A group's life: founding, coming and going, rights, and what everybody sees of it. */
import { afterEach, expect, test } from 'vitest'
import { createWorld, first, groupTranscript } from '../cast.ts'
import type { Person, World } from '../cast.ts'
import type { ChatId } from '../../src/model/ids.ts'
import type { SuiteId } from '../../src/model/group-views.ts'

let world: World
afterEach(() => world.stop())

const setup = async (suite: SuiteId): Promise<{ people: readonly Person[]; chat: ChatId }> => {
  world = await createWorld()
  const people = await world.people('alice', 'bob', 'carol')
  const [alice, bob, carol] = people
  await world.pair(alice, bob)
  await world.pair(alice, carol)
  const chat = await world.group('Crew', alice, [bob, carol], suite)
  return { people, chat }
}

test.each(['pgp-v6', 'mls-xwing'] as const)('%s: three people write, and everybody reads', async (suite) => {
  const { people, chat } = await setup(suite)
  const [alice, bob, carol] = people as [Person, Person, Person]
  await alice.say(chat, 'hello crew')
  await world.settle()
  await bob.say(chat, 'hello Alice')
  await world.settle()
  await carol.say(chat, 'hello both')
  await world.pass(60_000)
  for (const person of people) {
    expect(await person.textsIn(chat)).toEqual(['hello crew', 'hello Alice', 'hello both'])
  }
  expect(await groupTranscript(alice, chat)).toMatchInlineSnapshot(`
    "
    * Alice founded "Crew"
    Alice: hello crew  [delivered]
    Bob: hello Alice
    Carol: hello both
    "
  `)
  expect(await groupTranscript(carol, chat)).toMatchInlineSnapshot(`
    "
    Alice: hello crew
    Bob: hello Alice
    Carol: hello both  [delivered]
    "
  `)
})
