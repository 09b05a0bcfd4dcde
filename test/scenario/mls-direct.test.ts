/** Two people on MLS: first contact in OpenPGP, then the accepter founds the session in which both write (LG0, IN3, IN4). */
import { afterEach, expect, test } from 'vitest'
import { sessionToWrite } from '../../src/store/chats.ts'
import type { SessionRow } from '../../src/store/rows.ts'
import { createWorld, first, type Person, type World } from '../cast.ts'

const HOUR = 3600_000
const DAY = 24 * HOUR
let world: World
afterEach(() => world.stop())

const sessionsOf = ({ db }: Person, chat: string): readonly SessionRow[] =>
  [...db.memory.sessions.values()].filter((row) => row.chat === chat)

const written = (person: Person, chat: string): Pick<SessionRow, 'suite' | 'generation' | 'group'> | undefined => {
  const mls = sessionsOf(person, chat).filter(({ suite }) => suite.startsWith('mls-'))
  return sessionToWrite(mls)
}

const sameSession = (a: Person, b: Person, chat: string): void => {
  const [one, other] = [written(a, chat), written(b, chat)]
  expect(one).toBeDefined()
  expect([one?.suite, one?.generation, one?.group]).toEqual([other?.suite, other?.generation, other?.group])
}

test('whoever accepts founds an MLS session, and both write there', async () => {
  world = await createWorld({ seed: 1 })
  const [alice, bob] = await world.people('alice', 'bob')
  const chat = await world.pair(alice, bob)
  await bob.write(alice, 'hello')
  await world.settle()
  await alice.write(bob, 'hello to you')
  await world.settle()
  sameSession(alice, bob, chat)
  expect(written(alice, chat)).toMatchObject({ suite: 'mls-xwing', generation: 1 })
  expect(await bob.texts(alice)).toEqual(['hello', 'hello to you'])
  expect(await alice.texts(bob)).toEqual(['hello', 'hello to you'])
  const view = await first(alice.messenger.watchChat(chat))
  expect(view?.suite).toMatchObject({ suite: 'mls-xwing', forwardSecrecy: true, postQuantum: true, devices: 2 })
})

test('mutual invites found two sessions, and both write in one of them', async () => {
  world = await createWorld({ seed: 2 })
  const [alice, bob] = await world.people('alice', 'bob')
  const [fromAlice, fromBob] = [await alice.messenger.createInvite(), await bob.messenger.createInvite()]
  alice.goOffline()
  bob.goOffline()
  world.network.setOnline(alice.device, true)
  const chat = await bob.messenger.openInvite(fromAlice.link).catch(() => undefined)
  bob.goOnline()
  const other = chat ?? (await bob.messenger.openInvite(fromAlice.link))
  await alice.messenger.openInvite(fromBob.link)
  await alice.write(bob, 'one')
  await bob.write(alice, 'two')
  await world.pass(10 * 60_000)
  sameSession(alice, bob, other)
  await alice.write(bob, 'three')
  await world.pass(HOUR)
  expect((await alice.texts(bob)).toSorted()).toEqual(['one', 'three', 'two'])
  expect(await bob.texts(alice)).toEqual(await alice.texts(bob))
})

test('the first session is read for 30 days and then let go', async () => {
  world = await createWorld({ seed: 3 })
  const [alice, bob] = await world.people('alice', 'bob')
  const chat = await world.pair(alice, bob)
  await world.settle()
  expect(sessionsOf(alice, chat)).toHaveLength(2)
  await world.pass(29 * DAY)
  expect(sessionsOf(alice, chat)).toHaveLength(2)
  await world.pass(3 * DAY)
  expect(sessionsOf(alice, chat).map(({ suite }) => suite)).toEqual(['mls-xwing'])
  await alice.write(bob, 'still here')
  await world.settle()
  expect(await bob.texts(alice)).toEqual(['still here'])
})

test('leaves are renewed within a day of joining and every week, and nothing is lost by it', async () => {
  world = await createWorld({ seed: 4 })
  const [alice, bob] = await world.people('alice', 'bob')
  const chat = await world.pair(alice, bob)
  await world.settle()
  const epochOf = (person: Person): number => {
    const row = sessionsOf(person, chat).find(({ suite }) => suite === 'mls-xwing')
    return Math.max(0, ...(row?.mls?.commits ?? []).map(({ number }) => number))
  }
  const before = epochOf(alice)
  for (let day = 0; day < 9; day++) {
    await alice.write(bob, `day ${day}`)
    await world.pass(DAY)
  }
  expect(epochOf(alice)).toBeGreaterThanOrEqual(before + 3)
  expect(epochOf(bob)).toBe(epochOf(alice))
  expect(await bob.texts(alice)).toHaveLength(9)
})

test('a lost ratchet state founds a new session, and the chat goes on', async () => {
  world = await createWorld({ seed: 5 })
  const [alice, bob] = await world.people('alice', 'bob')
  const chat = await world.pair(alice, bob)
  await alice.write(bob, 'before')
  await world.settle()
  bob.goOffline()
  await alice.write(bob, 'while it was lost')
  await world.settle()
  await bob.db.write(['parts'], () => bob.db.tables.parts.clear())
  bob.kill()
  await bob.restart()
  await bob.write(alice, 'after')
  await world.pass(HOUR)
  sameSession(alice, bob, chat)
  expect(written(alice, chat)?.generation).toBe(2)
  expect((await bob.texts(alice)).toSorted()).toEqual(['after', 'before', 'while it was lost'])
  expect(await alice.texts(bob)).toEqual(await bob.texts(alice))
})

const MOMENTS = [1, 2, 3, 4, 5, 6, 7].flatMap((write) =>
  (['before', 'after'] as const).map((when) => ({ write, when }))
)

test.each(MOMENTS)('whoever accepts and founds dies $when write $write', async ({ write, when }) => {
  world = await createWorld({ seed: 20 + write })
  const [alice, bob] = await world.people('alice', 'bob')
  const { link } = await alice.messenger.createInvite()
  alice.killAt(write, when)
  const chat = await bob.messenger.openInvite(link)
  await bob.write(alice, 'before anybody knew')
  await world.pass(60_000)
  if (alice.isDead) await alice.restart()
  alice.disarm()
  await world.pass(10 * 60_000)
  await alice.write(bob, 'all is well')
  await world.pass(60_000)
  sameSession(alice, bob, chat)
  expect(await bob.texts(alice)).toEqual(['before anybody knew', 'all is well'])
  expect(await alice.texts(bob)).toEqual(await bob.texts(alice))
})

test.each(MOMENTS)('whoever was accepted and joins dies $when write $write', async ({ write, when }) => {
  world = await createWorld({ seed: 30 + write })
  const [alice, bob] = await world.people('alice', 'bob')
  const { link } = await alice.messenger.createInvite()
  const chat = await bob.messenger.openInvite(link)
  bob.killAt(write, when)
  await world.pass(60_000)
  if (bob.isDead) await bob.restart()
  bob.disarm()
  await world.pass(10 * 60_000)
  await alice.write(bob, 'all is well')
  await world.pass(60_000)
  await bob.write(alice, 'here too')
  await world.pass(60_000)
  sameSession(alice, bob, chat)
  expect(await bob.texts(alice)).toEqual(['all is well', 'here too'])
  expect(await alice.texts(bob)).toEqual(await bob.texts(alice))
})
