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
