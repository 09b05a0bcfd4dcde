/** Disappearing messages (LG2, LG5): gone on every device when their time is over, whoever was away, crashed or came late. */
import { afterEach, expect, test } from 'vitest'
import type { ChatId, MessageId } from '../../src/model/ids.ts'
import { createWorld } from '../cast.ts'
import type { Person, World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const setup = async (seconds: number): Promise<{ alice: Person; bob: Person; chat: ChatId }> => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  const chat = await world.pair(alice, bob)
  await alice.write(bob, 'before')
  await world.settle()
  await alice.messenger.setTimer(chat, seconds)
  await world.settle()
  return { alice, bob, chat }
}

/** Texts without the lines that nobody wrote. */
const said = async (person: Person, other: Person): Promise<readonly string[]> =>
  (await person.messages(other)).filter(({ system }) => system === undefined).map(({ text }) => text)

const expectErased = async (person: Person, id: MessageId): Promise<void> => {
  const row = await person.db.tables.events.get(id)
  expect(row?.header.length).toBeGreaterThan(0)
  expect([row?.body, row?.salt, row?.content]).toEqual([undefined, undefined, undefined])
  expect(await person.db.tables.messages.get(id)).toBeUndefined()
}

test('what is written after the timer was set is gone on both sides when its time is over', async () => {
  const { alice, bob } = await setup(3600)
  const id = await alice.write(bob, 'for an hour')
  await world.settle()
  for (const [one, other] of [
    [alice, bob],
    [bob, alice]
  ] as const) {
    const shown = (await one.messages(other)).find((message) => message.id === id)
    expect(shown?.endsAt).toBe(shown!.at + HOUR)
    expect((await one.messages(other)).find(({ text }) => text === 'before')?.endsAt).toBeUndefined()
  }
  await world.pass(59 * MINUTE)
  expect(await said(bob, alice)).toEqual(['before', 'for an hour'])
  await world.pass(2 * MINUTE)
  for (const [one, other] of [
    [alice, bob],
    [bob, alice]
  ] as const) {
    expect(await said(one, other)).toEqual(['before'])
    await expectErased(one, id)
    const row = (await one.chats()).rows[0]
    expect([row?.unread, row?.last?.text]).not.toContain('for an hour')
  }
})

test('edits and reactions go with their message', async () => {
  const { alice, bob, chat } = await setup(60)
  const id = await alice.write(bob, 'first')
  await alice.messenger.edit(chat, id, 'second')
  await world.settle()
  await bob.messenger.react(chat, id, '👍')
  await world.settle()
  await world.pass(2 * MINUTE)
  for (const person of [alice, bob]) {
    const rows = (await person.db.tables.events.toArray()).filter(({ target }) => target === id)
    expect(rows.map(({ kind }) => kind).toSorted()).toEqual(['edit', 'message', 'reaction'])
    expect(rows.every(({ body, content }) => body === undefined && content === undefined)).toBe(true)
  }
})

test('switched off, what follows stays, and what was written meanwhile goes all the same', async () => {
  const { alice, bob, chat } = await setup(60)
  await alice.write(bob, 'goes')
  await world.settle()
  await bob.messenger.setTimer(chat, 0)
  await world.settle()
  await alice.write(bob, 'stays')
  await world.pass(5 * MINUTE)
  expect(await said(alice, bob)).toEqual(['before', 'stays'])
  expect(await said(bob, alice)).toEqual(['before', 'stays'])
})

test('a program that was not running erases when it starts', async () => {
  const { alice, bob } = await setup(60)
  const id = await alice.write(bob, 'short')
  await world.settle()
  bob.kill()
  await world.pass(10 * MINUTE)
  await bob.restart()
  await world.settle()
  await world.pass(1000)
  expect(await said(bob, alice)).toEqual(['before'])
  await expectErased(bob, id)
})

test('who comes back later never keeps what is over', async () => {
  const { alice, bob } = await setup(60)
  bob.goOffline()
  const id = await alice.write(bob, 'short')
  await world.settle()
  await world.pass(HOUR)
  expect(await said(alice, bob)).toEqual(['before'])
  bob.goOnline()
  await alice.write(bob, 'welcome back')
  await world.pass(10_000)
  expect(await said(bob, alice)).toEqual(['before', 'welcome back'])
  await expectErased(bob, id)
})

test('headers go 90 days later, and the log goes on', async () => {
  const { alice, bob, chat } = await setup(60)
  const short = await alice.write(bob, 'short')
  await alice.messenger.setTimer(chat, 0)
  const removed = await alice.write(bob, 'removed')
  await alice.messenger.remove(chat, removed, 'everyone')
  await world.settle()
  alice.kill()
  await world.pass(10 * MINUTE)
  world.clock.advance(92 * DAY)
  await world.settle()
  await world.pass(MINUTE)
  for (const id of [short, removed]) {
    const row = await bob.db.tables.events.get(id)
    expect([row?.header.length, row?.signature.length, row?.body]).toEqual([0, 0, undefined])
  }
  await alice.restart()
  await world.settle()
  await alice.write(bob, 'still here')
  await world.pass(MINUTE)
  expect((await said(bob, alice)).at(-1)).toBe('still here')
})
