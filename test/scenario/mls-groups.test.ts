/** Groups on MLS: who comes in and goes, what nobody can undo, and how everybody ends in the same epoch (RO2, ML2–ML6). */
import { afterEach, expect, test } from 'vitest'
import type { ChatId } from '../../src/model/ids.ts'
import type { SessionRow } from '../../src/store/rows.ts'
import { createWorld, type Person, type World } from '../cast.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
let world: World
afterEach(() => world.stop())

const sessionOf = ({ db }: Person, chat: ChatId): SessionRow | undefined =>
  [...db.memory.sessions.values()].filter((row) => row.chat === chat).toSorted((a, b) => b.generation - a.generation)[0]

const textsOf = async (person: Person, chat: ChatId): Promise<readonly string[]> =>
  (await person.timeline(chat)).messages.filter(({ text }) => text !== '').map(({ text }) => text)

/** Everybody is in a chat with the first one, and the group is founded. */
const gather = async (founder: Person, ...others: readonly Person[]): Promise<ChatId> => {
  for (const one of others) await world.pair(founder, one)
  await world.settle()
  const chat = await founder.messenger.createGroup({ name: 'Garden', members: others.map(({ did }) => did) })
  await world.pass(MINUTE)
  return chat
}

const say = async (person: Person, chat: ChatId, text: string): Promise<void> => {
  await person.messenger.send(chat, { text })
  await world.settle()
}

const expectAgreement = async (people: readonly Person[], chat: ChatId): Promise<void> => {
  const said = `all of us ${world.clock.now()}`
  await say(people[0]!, chat, said)
  await world.pass(MINUTE)
  for (const one of people) expect(await textsOf(one, chat), `${one.name} reads`).toContain(said)
  const groups = people.map((one) => sessionOf(one, chat)).map((row) => [row?.group, row?.generation].join(' '))
  expect(new Set(groups).size, 'one session').toBe(1)
  const answer = `heard ${world.clock.now()}`
  await say(people.at(-1)!, chat, answer)
  await world.pass(MINUTE)
  for (const one of people) expect(await textsOf(one, chat), `${one.name} reads`).toContain(answer)
}

test('three, then five, then four: newcomers read from their joining, who was removed reads nothing more', async () => {
  world = await createWorld({ seed: 1 })
  const [alice, bob, carol, dave, erin] = await world.people('alice', 'bob', 'carol', 'dave', 'erin')
  const chat = await gather(alice, bob, carol)
  expect(sessionOf(bob, chat)?.suite).toBe('mls-xwing')
  await say(alice, chat, 'welcome')
  await say(bob, chat, 'thanks')
  expect(await textsOf(carol, chat)).toEqual(['welcome', 'thanks'])

  await world.pair(alice, dave)
  await world.pair(alice, erin)
  await alice.messenger.addMembers(chat, [dave.did, erin.did])
  await world.pass(MINUTE)
  await say(carol, chat, 'now we are five')
  for (const one of [alice, bob, dave, erin]) expect(await textsOf(one, chat)).toContain('now we are five')
  expect(await textsOf(dave, chat)).not.toContain('welcome')
  await expectAgreement([alice, bob, carol, dave, erin], chat)

  await alice.messenger.removeMember(chat, bob.did)
  await world.pass(MINUTE)
  await say(carol, chat, 'without bob')
  await world.pass(MINUTE)
  expect(await textsOf(bob, chat)).not.toContain('without bob')
  await expectAgreement([carol, alice, dave, erin], chat)
})

test('two admins add somebody at once: both are in, and all on one branch', async () => {
  world = await createWorld({ seed: 2 })
  const [alice, bob, carol, dave, erin] = await world.people('alice', 'bob', 'carol', 'dave', 'erin')
  const chat = await gather(alice, bob, carol)
  await world.pair(alice, dave)
  await world.pair(bob, erin)
  await alice.messenger.setRole(chat, bob.did, 'admin')
  await world.pass(MINUTE)
  await Promise.all([
    alice.messenger.addMembers(chat, [dave.did]),
    bob.messenger.addMembers(chat, [erin.did]),
    alice.messenger.send(chat, { text: 'from alice' }),
    bob.messenger.send(chat, { text: 'from bob' })
  ])
  await world.pass(10 * MINUTE)
  for (const one of [alice, bob, carol])
    expect(await textsOf(one, chat), one.name).toEqual(expect.arrayContaining(['from alice', 'from bob']))
  await expectAgreement([alice, bob, carol, dave, erin], chat)
})

test('a partition ends: both sides changed the group, and all are on one branch with every message', async () => {
  world = await createWorld({ seed: 3 })
  const [alice, bob, carol, dave, erin] = await world.people('alice', 'bob', 'carol', 'dave', 'erin')
  const chat = await gather(alice, bob, carol)
  await world.pair(alice, dave)
  await world.pair(bob, erin)
  await alice.messenger.setRole(chat, bob.did, 'admin')
  await world.pass(MINUTE)
  bob.goOffline()
  await alice.messenger.addMembers(chat, [dave.did])
  await alice.messenger.send(chat, { text: 'on this side' })
  await bob.messenger.addMembers(chat, [erin.did])
  await bob.messenger.send(chat, { text: 'on that side' })
  await world.pass(2 * HOUR)
  bob.goOnline()
  await world.pass(30 * MINUTE)
  for (const one of [alice, bob, carol])
    expect(await textsOf(one, chat), one.name).toEqual(expect.arrayContaining(['on this side', 'on that side']))
  await expectAgreement([alice, bob, carol, dave, erin], chat)
})

test('a member returns after thirty days, to a group that moved on, and has missed nothing', async () => {
  world = await createWorld({ seed: 4 })
  const [alice, bob, carol, dave] = await world.people('alice', 'bob', 'carol', 'dave')
  const chat = await gather(alice, bob, carol)
  await world.pair(alice, dave)
  carol.goOffline()
  const said: string[] = []
  for (let day = 0; day < 30; day += 3) {
    said.push(`day ${day}`)
    await alice.messenger.send(chat, { text: `day ${day}` })
    await bob.messenger.send(chat, { text: `bob on day ${day}` })
    if (day === 12) await alice.messenger.addMembers(chat, [dave.did])
    await world.pass(HOUR)
    world.clock.advance(3 * DAY - HOUR)
    await world.settle()
  }
  carol.goOnline()
  await world.pass(HOUR)
  for (const text of said) expect(await textsOf(carol, chat)).toContain(text)
  await expectAgreement([alice, bob, carol, dave], chat)
}, 60_000)

test('a device that lost its ratchets is taken in again, and keeps its chat', async () => {
  world = await createWorld({ seed: 5 })
  const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
  const chat = await gather(alice, bob, carol)
  await say(alice, chat, 'before')
  carol.goOffline()
  await world.settle()
  await carol.db.write(['parts'], () => carol.db.tables.parts.clear())
  carol.kill()
  await say(alice, chat, 'meanwhile')
  await carol.restart()
  await world.pass(30 * MINUTE)
  expect(await textsOf(carol, chat)).toEqual(['before', 'meanwhile'])
  await expectAgreement([alice, bob, carol], chat)
})

test('a split of nine days, longer than anybody keeps old epochs, heals without a word', async () => {
  world = await createWorld({ seed: 7 })
  const [alice, bob, carol, dave, erin, frank] = await world.people('alice', 'bob', 'carol', 'dave', 'erin', 'frank')
  const chat = await gather(alice, bob, carol, dave)
  await world.pair(alice, erin)
  await world.pair(bob, frank)
  await alice.messenger.setRole(chat, bob.did, 'admin')
  await world.pass(MINUTE)
  const sides = [
    [alice, carol, erin],
    [bob, dave, frank]
  ] as const
  for (const one of sides[0]) for (const other of sides[1]) world.network.cut(one.device, other.device)
  await alice.messenger.addMembers(chat, [erin.did])
  await bob.messenger.addMembers(chat, [frank.did])
  for (let day = 0; day < 9; day += 3) {
    await alice.messenger.send(chat, { text: `alice ${day}` })
    await bob.messenger.send(chat, { text: `bob ${day}` })
    await world.pass(10 * MINUTE)
    world.clock.advance(3 * DAY)
    await world.settle()
  }
  world.network.heal()
  await world.pass(HOUR)
  for (const one of [alice, carol]) expect(await textsOf(one, chat), one.name).toContain('bob 6')
  for (const one of [bob, dave]) expect(await textsOf(one, chat), one.name).toContain('alice 6')
  await expectAgreement([alice, bob, carol, dave, erin, frank], chat)
}, 90_000)

test('a founder who dies at any write founds the group all the same', async () => {
  for (let write = 1; write <= 8; write++) {
    world = await createWorld({ seed: 60 + write })
    const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
    await world.pair(alice, bob)
    await world.pair(alice, carol)
    await world.settle()
    const members = [bob.did, carol.did]
    alice.killAt(write, write % 2 === 0 ? 'after' : 'before')
    const made = alice.messenger.createGroup({ name: 'Garden', members })
    made.catch(() => {})
    await world.settle()
    if (alice.isDead) await alice.restart()
    alice.disarm()
    await world.pass(MINUTE)
    const known = (await alice.chats()).rows.find(({ kind }) => kind === 'group')?.chat
    // nothing of it was on the disk
    const chat = known ?? (await alice.messenger.createGroup({ name: 'Garden', members }))
    await world.pass(MINUTE)
    await expectAgreement([alice, bob, carol], chat)
    await world.stop()
  }
}, 60_000)
