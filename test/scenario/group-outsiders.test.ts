/** Who is out of a group, or was, and did not hear of it: what they write, and whom they let in (LG6, GR6, DL3). */
import { afterEach, expect, test } from 'vitest'
import type { ChatId } from '../../src/model/ids.ts'
import { createWorld } from '../cast.ts'
import type { Person, World } from '../cast.ts'
import { groupOf, introduce, LONG_STORY_MS, MINUTE, nodeOf } from './transcript.ts'

let world: World
afterEach(() => world.stop())

interface Story {
  readonly alice: Person
  readonly bob: Person
  readonly carol: Person
  readonly dave: Person
  readonly chat: ChatId
}

/** Alice founds, all are admins; Dave is not in it. */
const setup = async (seed: number): Promise<Story> => {
  world = await createWorld({ seed })
  const [alice, bob, carol, dave] = await world.people('alice', 'bob', 'carol', 'dave')
  await introduce(world, alice, bob, carol)
  await world.pair(carol, dave)
  const chat = await nodeOf(alice).createGroup({ name: 'Club', members: [bob.did, carol.did] })
  for (const { did } of [bob, carol]) await nodeOf(alice).setRole(chat, did, 'admin')
  await world.pass(2 * MINUTE)
  return { alice, bob, carol, dave, chat }
}

test(
  'what was written between a removal and a new adding is refused by all and not sent for ever',
  async () => {
    const { alice, bob, carol, chat } = await setup(51)
    for (const other of [alice, carol]) world.network.cut(bob.device, other.device)
    await nodeOf(carol).removeMember(chat, bob.did)
    await world.pass(2 * MINUTE)
    // only Alice reaches Bob afterwards, so that he hears of both at once
    carol.goOffline()
    await nodeOf(bob).send(chat, { text: 'am I alone?' })
    await nodeOf(alice).addMembers(chat, [bob.did])
    await world.pass(MINUTE)
    world.network.heal()
    await world.pass(10 * MINUTE)
    carol.goOnline()
    await world.pass(20 * MINUTE)
    expect((await groupOf(bob, chat))?.members).toHaveLength(3)
    for (const person of [alice, bob, carol]) {
      expect((await person.timeline(chat)).messages.map(({ text }) => text)).not.toContain('am I alone?')
      expect(await person.messenger.countWaiting()).toBe(0)
    }
    await nodeOf(bob).send(chat, { text: 'not any more' })
    await world.pass(5 * MINUTE)
    for (const person of [alice, carol]) {
      expect((await person.timeline(chat)).messages.at(-1)?.text).toBe('not any more')
    }
  },
  LONG_STORY_MS
)

test(
  'who is let in again by somebody who does not know of all members asks the others at once',
  async () => {
    const { alice, bob, carol, dave, chat } = await setup(53)
    const erin = await world.person('erin')
    await world.pair(alice, erin)
    await nodeOf(carol).addMembers(chat, [dave.did])
    await world.pass(MINUTE)
    // Dave compares with them, and so will not soon again because they appear
    for (const other of [alice, bob]) {
      world.network.cut(dave.device, other.device)
      await world.pass(1000)
      world.network.heal()
      await world.pass(10_000)
    }
    for (const other of [alice, bob]) {
      world.network.cut(carol.device, other.device)
      world.network.cut(dave.device, other.device)
    }
    await nodeOf(alice).addMembers(chat, [erin.did])
    await nodeOf(carol).removeMember(chat, dave.did)
    await nodeOf(carol).addMembers(chat, [dave.did])
    await world.pass(2 * MINUTE)
    expect((await groupOf(dave, chat))?.members).toHaveLength(4)
    world.network.heal()
    // nobody writes anything
    await world.pass(4 * MINUTE)
    for (const person of [alice, bob, carol, dave, erin]) {
      expect((await groupOf(person, chat))?.members).toHaveLength(5)
    }
  },
  LONG_STORY_MS
)

test(
  'whom somebody let in who was out already is told so by them',
  async () => {
    const { alice, bob, carol, dave, chat } = await setup(52)
    for (const other of [alice, bob]) {
      world.network.cut(carol.device, other.device)
      world.network.cut(dave.device, other.device)
    }
    await nodeOf(bob).removeMember(chat, carol.did)
    await nodeOf(carol).addMembers(chat, [dave.did])
    await world.pass(2 * MINUTE)
    expect((await dave.chats()).rows.find((row) => row.chat === chat)?.standing).toBe('open')
    world.network.heal()
    await world.pass(15 * MINUTE)
    for (const person of [carol, dave]) {
      expect((await person.chats()).rows.find((row) => row.chat === chat)?.standing).toBe('left')
    }
    // Alice and Bob never heard of Dave
    expect((await groupOf(alice, chat))?.members).toHaveLength(2)
  },
  LONG_STORY_MS
)
