/** A node may die at any write of a group's life, before or after it reached the disk: the group is whole afterwards. */
import { afterEach, expect, test } from 'vitest'
import { createWorld, Killed } from '../cast.ts'
import type { Person, World } from '../cast.ts'
import type { ChatId } from '../../src/model/ids.ts'

let world: World
afterEach(() => world.stop())

const tolerate = (error: unknown): void => {
  if (!(error instanceof Killed) && !(error instanceof Error && error.message.includes('closed'))) throw error
}

const SUITES = ['pgp-v6', 'mls-xwing'] as const
const MOMENTS = SUITES.flatMap((suite) =>
  [1, 2, 3, 5].flatMap((write) => (['before', 'after'] as const).map((when) => ({ suite, write, when })))
)

const setup = async (): Promise<readonly [Person, Person, Person]> => {
  world = await createWorld()
  const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
  await world.pair(alice, bob)
  await world.pair(alice, carol)
  return [alice, bob, carol]
}

const expectWhole = async (people: readonly Person[], chat: ChatId): Promise<void> => {
  for (const [index, person] of people.entries()) {
    await person.say(chat, `here ${index}`)
    await world.pass(60_000)
  }
  await world.pass(10 * 60_000)
  const expected = people.map((_, index) => `here ${index}`)
  for (const person of people) expect((await person.textsIn(chat)).slice(-expected.length)).toEqual(expected)
  for (const person of people) expect(await person.messenger.countWaiting()).toBe(0)
}

test.each(MOMENTS)('$suite: the founder dies $when write $write', async ({ suite, write, when }) => {
  const [alice, bob, carol] = await setup()
  alice.killAt(write, when)
  const group = { name: 'Crew', members: [bob.did, carol.did], suite }
  const made = await alice.messenger.createGroup(group).catch((error: unknown) => {
    tolerate(error)
    return undefined
  })
  await world.settle()
  await alice.restart()
  await world.pass(60_000)
  const { rows } = await alice.chats()
  const known = rows.find(({ kind }) => kind === 'group')?.chat
  // when the id was back the group is there; when it was not, it is there whole or not at all
  if (made !== undefined) expect(known).toBe(made)
  await expectWhole([alice, bob, carol], known ?? (await alice.messenger.createGroup(group)))
})

test.each(MOMENTS)('$suite: a newcomer dies $when write $write of coming in', async ({ suite, write, when }) => {
  const [alice, bob, carol] = await setup()
  bob.killAt(write, when)
  const chat = await world.group('Crew', alice, [bob, carol], suite)
  await world.settle()
  await bob.restart()
  await world.pass(5 * 60_000)
  await expectWhole([alice, bob, carol], chat)
})

test.each(MOMENTS)(
  '$suite: an admin dies $when write $write of adding and removing',
  async ({ suite, write, when }) => {
    const [alice, bob, carol] = await setup()
    const dave = await world.person('dave')
    await world.pair(alice, dave)
    const chat = await world.group('Crew', alice, [bob, carol], suite)
    await world.pass(60_000)
    alice.killAt(write, when)
    await alice.messenger.addMembers(chat, [dave.did]).catch(tolerate)
    await alice.messenger.removeMember(chat, bob.did).catch(tolerate)
    await world.settle()
    await alice.restart()
    await world.pass(5 * 60_000)
    const dids = (await alice.groupView(chat))?.members.map(({ did }) => did) ?? []
    if (!dids.includes(dave.did)) await alice.messenger.addMembers(chat, [dave.did])
    if (dids.includes(bob.did)) await alice.messenger.removeMember(chat, bob.did)
    await world.pass(5 * 60_000)
    await expectWhole([alice, carol, dave], chat)
    expect(await bob.textsIn(chat)).toEqual([])
  }
)
