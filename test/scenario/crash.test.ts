/** A node may die at any write, before or after it reached the disk: nothing is lost, nothing comes twice. */
import { afterEach, expect, test } from 'vitest'
import { createWorld, Killed } from '../cast.ts'
import type { Person, World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

const tolerate = (error: unknown): void => {
  if (!(error instanceof Killed) && !(error instanceof Error && error.message.includes('closed'))) throw error
}

const MOMENTS = [1, 2, 3, 4].flatMap((write) => (['before', 'after'] as const).map((when) => ({ write, when })))

const setup = async (): Promise<{ alice: Person; bob: Person }> => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  return { alice, bob }
}

test.each(MOMENTS)('the sender dies $when write $write', async ({ write, when }) => {
  const { alice, bob } = await setup()
  alice.killAt(write, when)
  const chat = await alice.chatWith(bob)
  const written = await alice.messenger.send(chat, { text: 'kept' }).then(
    () => true,
    (error: unknown) => {
      tolerate(error)
      return false
    }
  )
  await world.settle()
  await alice.restart()
  await world.pass(60_000)

  // when the id was back the text is safe; when it was not, it is there once or not at all
  const texts = await bob.texts(alice)
  expect(texts.length).toBe(await alice.texts(bob).then((own) => own.length))
  if (written || (write === 1 && when === 'after')) expect(texts).toEqual(['kept'])
  else expect(texts.length).toBeLessThanOrEqual(1)
  expect(await alice.messenger.countWaiting()).toBe(0)
})

test.each(MOMENTS)('the receiver dies $when write $write', async ({ write, when }) => {
  const { alice, bob } = await setup()
  bob.killAt(write, when)
  for (const text of ['one', 'two']) {
    await alice.write(bob, text)
    await world.settle()
  }
  await bob.restart()
  await world.pass(5 * 60_000)
  expect(await bob.texts(alice)).toEqual(['one', 'two'])
  expect((await alice.messages(bob)).map(({ delivery }) => delivery)).toEqual(['delivered', 'delivered'])
})

test.each(MOMENTS)('the guest dies $when write $write of opening an invite', async ({ write, when }) => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  const { link } = await alice.messenger.createInvite()
  bob.killAt(write, when)
  await bob.messenger.openInvite(link).catch(tolerate)
  await world.settle()
  await bob.restart()
  const chat = await bob.messenger.openInvite(link)
  await bob.messenger.send(chat, { text: 'here I am' })
  await world.pass(5 * 60_000)
  expect(await alice.texts(bob)).toEqual(['here I am'])
  await alice.write(bob, 'welcome')
  await world.settle()
  expect(await bob.texts(alice)).toEqual(['here I am', 'welcome'])
})

test.each(MOMENTS)('the host dies $when write $write of taking a guest', async ({ write, when }) => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  const { link } = await alice.messenger.createInvite()
  alice.killAt(write, when)
  const chat = await bob.messenger.openInvite(link)
  await bob.messenger.send(chat, { text: 'hello' })
  await world.settle()
  await alice.restart()
  await world.pass(5 * 60_000)
  expect(await alice.texts(bob)).toEqual(['hello'])
  expect((await bob.messages(alice)).map(({ delivery }) => delivery)).toEqual(['delivered'])
})
