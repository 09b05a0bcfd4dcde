/** Two admins who do not hear of each other; nobody asks anybody, and in the end all agree. */
import { afterEach, expect, test } from 'vitest'
import { createWorld, type Person, type World } from '../cast.ts'
import type { ChatId } from '../../src/model/ids.ts'
import { groupOf, introduce, keptTale, LONG_STORY_MS, MINUTE, nodeOf, startTale } from './transcript.ts'

let world: World
afterEach(() => world.stop())

interface Group {
  readonly chat: ChatId
  readonly people: readonly [Person, Person, Person, Person, Person, Person]
}

/** Alice and Bob are admins, Carol and Dave members, Erin and Frank are known to both and not in it. */
const found = async (seed: number): Promise<Group> => {
  world = await createWorld({ seed })
  const people = await world.people('alice', 'bob', 'carol', 'dave', 'erin', 'frank')
  const [alice, bob, carol, dave, erin, frank] = people
  await introduce(world, alice, bob, carol, dave, erin, frank)
  await introduce(world, bob, erin, frank)
  const chat = await nodeOf(alice).createGroup({ name: 'Board', members: [bob.did, carol.did, dave.did] })
  await world.pass(2 * MINUTE)
  await nodeOf(alice).setRole(chat, bob.did, 'admin')
  await world.pass(2 * MINUTE)
  return { chat, people }
}

/** Alice with Carol on one side, Bob with Dave on the other. */
const split = ([alice, bob, carol, dave, erin, frank]: Group['people']): void => {
  for (const one of [alice, carol, erin])
    for (const other of [bob, dave, frank]) world.network.cut(one.device, other.device)
}

const heal = async (): Promise<void> => {
  world.network.heal()
  await world.pass(15 * MINUTE)
}

test(
  'two admins add somebody at once: both are in, on one branch, and no message is missing',
  async () => {
    const tale = startTale('Two admins commit at once')
    const { chat, people } = await found(32)
    const [alice, bob, carol, dave, erin, frank] = people
    split(people)
    tale.tell('Alice and Carol do not hear of Bob and Dave. Alice adds Erin, Bob adds Frank.')
    await nodeOf(alice).addMembers(chat, [erin.did])
    await nodeOf(bob).addMembers(chat, [frank.did])
    await world.pass(3 * MINUTE)
    for (const [person, text] of [
      [carol, 'we have Erin now'],
      [dave, 'we have Frank now'],
      [erin, 'hello from Erin'],
      [frank, 'hello from Frank']
    ] as const) {
      await nodeOf(person).send(chat, { text })
      await world.pass(5000)
    }
    await tale.show(chat, ...people)
    tale.tell('They hear of each other again.')
    await heal()
    await nodeOf(erin).send(chat, { text: 'are we all here?' })
    await world.pass(MINUTE)
    await tale.show(chat, ...people)
    for (const person of people) expect((await groupOf(person, chat))?.members).toHaveLength(6)
    expect(tale.text()).toBe(keptTale('two-admins-at-once', tale))
  },
  LONG_STORY_MS
)

test(
  'two admins remove each other: the one appointed earlier stays, for everybody',
  async () => {
    const tale = startTale('Two admins remove each other')
    const { chat, people } = await found(33)
    const [alice, bob, carol, dave] = people
    split(people)
    tale.tell('Alice and Carol do not hear of Bob and Dave. Alice removes Bob, Bob removes Alice.')
    await nodeOf(alice).removeMember(chat, bob.did)
    await nodeOf(bob).removeMember(chat, alice.did)
    await world.pass(3 * MINUTE)
    await nodeOf(carol).send(chat, { text: 'where is Bob?' })
    await world.pass(1000)
    await nodeOf(dave).send(chat, { text: 'where is Alice?' })
    await world.pass(MINUTE)
    tale.tell('They hear of each other again.')
    await heal()
    await nodeOf(dave).send(chat, { text: 'so it is Alice' })
    await world.pass(2 * MINUTE)
    await tale.show(chat, alice, carol, dave, bob)
    for (const person of [alice, carol, dave]) {
      expect((await groupOf(person, chat))?.members).toHaveLength(3)
      expect((await person.timeline(chat)).messages.at(-1)?.text).toBe('so it is Alice')
    }
    expect((await bob.timeline(chat)).messages.map(({ text }) => text)).not.toContain('so it is Alice')
    expect(tale.text()).toBe(keptTale('two-admins-remove-each-other', tale))
  },
  LONG_STORY_MS
)
