/** What is written while nobody can be reached waits on the disk, and arrives once and in order when somebody can. */
import { afterEach, expect, test } from 'vitest'
import { createWorld, first, transcript } from '../cast.ts'
import type { World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

const setup = async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  return { alice, bob }
}

test('messages written offline survive a restart and are delivered when the connection is back', async () => {
  const { alice, bob } = await setup()
  alice.goOffline()
  for (const text of ['one', 'two', 'three']) await alice.write(bob, text)
  await world.settle()
  expect((await alice.messages(bob)).map(({ delivery }) => delivery)).toEqual(['queued', 'queued', 'queued'])

  alice.kill()
  await alice.restart()
  await world.settle()

  expect(await bob.texts(alice)).toEqual(['one', 'two', 'three'])
  expect(await transcript(alice, bob)).toMatchInlineSnapshot(`
    "
    Alice: one  [delivered]
    Alice: two  [delivered]
    Alice: three  [delivered]
    "
  `)
})

test('while the other is away the message is tried again with growing pauses, and goes at once when they appear', async () => {
  const { alice, bob } = await setup()
  bob.goOffline()
  await alice.write(bob, 'are you there?')
  await world.pass(10 * 60_000)
  const chat = await alice.chatWith(bob)
  const [message] = await alice.messages(bob)
  expect(message?.delivery).toBe('queued')
  if (message === undefined) throw new Error('no message')
  const view = await first(alice.messenger.watchDelivery(chat, message.id))
  expect(view?.attempts).toBeGreaterThan(5)
  expect(view?.attempts).toBeLessThan(20)

  bob.goOnline()
  await world.settle()
  expect(await bob.texts(alice)).toEqual(['are you there?'])
})

test('both write while they are apart: both sides end with the same order', async () => {
  const { alice, bob } = await setup()
  alice.goOffline()
  for (const index of [1, 2, 3]) {
    await alice.write(bob, `alice ${index}`)
    world.clock.advance(1000)
    await bob.write(alice, `bob ${index}`)
    world.clock.advance(1000)
  }
  alice.goOnline()
  await world.pass(5 * 60_000)

  const expected = ['alice 1', 'bob 1', 'alice 2', 'bob 2', 'alice 3', 'bob 3']
  expect(await alice.texts(bob)).toEqual(expected)
  expect(await bob.texts(alice)).toEqual(expected)
})

test('two hundred waiting messages arrive in a few parcels', async () => {
  const { alice, bob } = await setup()
  bob.goOffline()
  for (let index = 0; index < 200; index++) await alice.write(bob, `message ${index}`)
  await world.settle()
  const before = world.network.sniffed.length
  bob.goOnline()
  await world.pass(5 * 60_000)
  expect(await bob.texts(alice)).toEqual(Array.from({ length: 200 }, (_, index) => `message ${index}`))
  expect(world.network.sniffed.length - before).toBeLessThan(10)
})

test('after thirty days the outbox gives up and says so, and Retry sends the same message', async () => {
  const { alice, bob } = await setup()
  bob.goOffline()
  const id = await alice.write(bob, 'too late')
  await world.settle()
  world.clock.advance(31 * 24 * 3600 * 1000)
  await world.settle()
  expect((await alice.messages(bob))[0]?.delivery).toBe('failed')

  bob.goOnline()
  await alice.messenger.retry(await alice.chatWith(bob), id)
  await world.settle()
  expect((await bob.messages(alice)).map((message) => [message.id, message.text])).toEqual([[id, 'too late']])
  expect((await alice.messages(bob))[0]?.delivery).toBe('delivered')
})

test('a message repeated with the same nonce is one message', async () => {
  const { alice, bob } = await setup()
  const chat = await alice.chatWith(bob)
  const pressed = await alice.messenger.send(chat, { text: 'once' }, 'press-1')
  expect(await alice.messenger.send(chat, { text: 'once' }, 'press-1')).toBe(pressed)
  await world.settle()
  expect(await bob.texts(alice)).toEqual(['once'])
})
