/** A group from its first day to its last quarrel, as its members see it. */
import { afterEach, expect, test } from 'vitest'
import { createWorld, type World } from '../cast.ts'
import { DAY, groupOf, introduce, keptTale, LONG_STORY_MS, MINUTE, nodeOf, skip, startTale } from './transcript.ts'

let world: World
afterEach(() => world.stop())

test(
  'from three to twelve to nine: newcomers begin where they came in, who is gone reads nothing more',
  async () => {
    world = await createWorld({ seed: 31 })
    const tale = startTale('A group from three to twelve to nine members')
    const all = await world.people(
      'alice',
      'bob',
      'carol',
      'dave',
      'erin',
      'frank',
      'grace',
      'heidi',
      'ivan',
      'judy',
      'kate',
      'leo'
    )
    const [alice, bob, carol, dave, erin, frank] = all
    await introduce(world, alice, ...all.slice(1))
    const say = async (person: (typeof all)[number], text: string): Promise<void> => {
      await nodeOf(person).send(chat, { text })
      await world.settle()
    }

    tale.tell('Alice founds a group with Bob and Carol.')
    const chat = await nodeOf(alice).createGroup({ name: 'Hikers', members: [bob.did, carol.did] })
    await world.pass(2 * MINUTE)
    await say(alice, 'welcome')
    await say(bob, 'glad to be here')
    await say(carol, 'where to?')
    await tale.show(chat, alice, bob, carol)

    tale.tell('Alice makes Bob an admin and adds six, then three more.')
    await nodeOf(alice).setRole(chat, bob.did, 'admin')
    await nodeOf(alice).addMembers(
      chat,
      all.slice(3, 9).map(({ did }) => did)
    )
    await world.pass(2 * MINUTE)
    await say(dave, 'hello from Dave')
    await nodeOf(alice).addMembers(
      chat,
      all.slice(9).map(({ did }) => did)
    )
    await world.pass(2 * MINUTE)
    await say(alice, 'twelve now')
    await say(all[11], 'and Leo is the last')
    for (const person of all) expect((await groupOf(person, chat))?.members).toHaveLength(12)
    await tale.show(chat, ...all)

    tale.tell('Bob removes Dave and Erin, and Frank leaves.')
    await nodeOf(bob).removeMember(chat, dave.did)
    await nodeOf(bob).removeMember(chat, erin.did)
    await world.pass(2 * MINUTE)
    await nodeOf(frank).leaveGroup(chat)
    await world.pass(2 * MINUTE)
    await say(alice, 'nine are left')
    await say(all[11], 'still here')
    await world.pass(2 * MINUTE)
    await tale.show(chat, ...all)
    for (const gone of [dave, erin, frank]) {
      const texts = (await gone.timeline(chat)).messages.map(({ text }) => text)
      expect(texts).not.toContain('nine are left')
    }
    expect(tale.text()).toBe(keptTale('group-life', tale))
  },
  LONG_STORY_MS
)

test(
  'a member comes back after thirty days and has missed nothing',
  async () => {
    world = await createWorld({ seed: 34 })
    const tale = startTale('A member returns after thirty days')
    const [alice, bob, carol, dave] = await world.people('alice', 'bob', 'carol', 'dave')
    await introduce(world, alice, bob, carol, dave)
    const chat = await nodeOf(alice).createGroup({ name: 'Choir', members: [bob.did, carol.did] })
    await world.pass(2 * MINUTE)
    await nodeOf(alice).send(chat, { text: 'see you all on Tuesday' })
    await world.pass(MINUTE)
    tale.tell('Carol goes away for thirty days.')
    carol.goOffline()
    for (let week = 1; week <= 4; week++) {
      await nodeOf(alice).send(chat, { text: `week ${week}, says Alice` })
      await world.pass(1000)
      await nodeOf(bob).send(chat, { text: `week ${week}, says Bob` })
      await world.settle()
      if (week === 2) {
        tale.tell('In the second week Alice adds Dave.')
        await nodeOf(alice).addMembers(chat, [dave.did])
        await world.pass(2 * MINUTE)
      }
      await skip(world, 7 * DAY)
    }
    await skip(world, 2 * DAY)
    tale.tell('Carol is back.')
    carol.goOnline()
    await world.pass(10 * MINUTE)
    await nodeOf(carol).send(chat, { text: 'what did I miss?' })
    await world.pass(5 * MINUTE)
    await tale.show(chat, alice, bob, carol, dave)
    expect(tale.text()).toBe(keptTale('return-after-thirty-days', tale))
  },
  LONG_STORY_MS
)
