/** What goes wrong below a group, and how its members notice nothing of it. */
import { afterEach, expect, test } from 'vitest'
import { createWorld, type World } from '../cast.ts'
import { groupOf, introduce, keptTale, LONG_STORY_MS, MINUTE, nodeOf, startTale } from './transcript.ts'

let world: World
afterEach(() => world.stop())

test(
  'a device that has lost its ratchets gets new ones, and the chat goes on where it was',
  async () => {
    world = await createWorld({ seed: 35 })
    const tale = startTale('Lost ratchets heal')
    const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
    await introduce(world, alice, bob, carol)
    const chat = await nodeOf(alice).createGroup({ name: 'Club', members: [bob.did, carol.did] })
    await world.pass(2 * MINUTE)
    await nodeOf(bob).send(chat, { text: 'before' })
    await world.pass(MINUTE)
    tale.tell('Bob’s device loses what it knew of the session, and starts again.')
    bob.kill()
    await world.settle()
    const { parts } = bob.db.tables
    const lost = parts.keys()
    expect(lost.length).toBeGreaterThan(0)
    await bob.restart()
    await bob.db.write(['parts'], () => bob.db.tables.parts.bulkDelete(lost))
    await bob.restart()
    await nodeOf(alice).send(chat, { text: 'Bob, can you read this?' })
    await world.pass(10 * MINUTE)
    await nodeOf(bob).send(chat, { text: 'yes' })
    await world.pass(1000)
    await nodeOf(carol).send(chat, { text: 'so can I' })
    await world.pass(10 * MINUTE)
    await tale.show(chat, alice, bob, carol)
    expect((await groupOf(bob, chat))?.members).toHaveLength(3)
    for (const person of [alice, bob, carol]) {
      expect((await person.timeline(chat)).messages.at(-1)?.text).toBe('so can I')
    }
    expect(tale.text()).toBe(keptTale('lost-ratchets', tale))
  },
  LONG_STORY_MS
)

test(
  'what one member wrote to an empty room is handed on by another',
  async () => {
    world = await createWorld({ seed: 36 })
    const tale = startTale('History handed over by a third member')
    const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
    await introduce(world, alice, bob, carol)
    const chat = await nodeOf(alice).createGroup({ name: 'Relay race', members: [bob.did, carol.did] })
    await world.pass(2 * MINUTE)
    tale.tell('Carol is away. Alice writes, Bob reads it, and Alice goes away for good.')
    carol.goOffline()
    await nodeOf(alice).send(chat, { text: 'tell Carol: the key is under the mat' })
    await nodeOf(alice).send(chat, { text: 'and water the plants' })
    await world.pass(MINUTE)
    alice.goOffline()
    await world.pass(MINUTE)
    tale.tell('Carol comes back and finds only Bob.')
    carol.goOnline()
    await nodeOf(bob).send(chat, { text: 'hello again' })
    await world.pass(10 * MINUTE)
    await tale.show(chat, bob, carol)
    expect((await carol.timeline(chat)).messages.map(({ text }) => text)).toContain('and water the plants')
    expect(tale.text()).toBe(keptTale('history-from-a-third', tale))
  },
  LONG_STORY_MS
)
