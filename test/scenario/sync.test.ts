/** LG7: what one lacks comes from any member who has it, also long after its author has forgotten that it was sent. */
import { afterEach, expect, test } from 'vitest'
import { createWorld } from '../cast.ts'
import type { Person, World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

/** Everything that was to be sent is forgotten, as by a program that lost its outbox. */
const forgetOutbox = async (person: Person): Promise<void> => {
  const { db } = person
  await db.write(['outbox', 'mail', 'parcels'], async () => {
    await db.tables.outbox.bulkDelete([...db.memory.outbox.keys()])
    await db.tables.mail.bulkDelete([...db.memory.mail.keys()])
    await db.tables.parcels.bulkDelete([...db.memory.parcels.keys()])
  })
}

test('what got lost on the way is asked for by name as soon as something stands on it', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  await bob.write(alice, 'first')
  await world.settle()
  bob.goOffline()
  await bob.write(alice, 'lost')
  await world.settle()
  await forgetOutbox(bob)
  bob.goOnline()
  await bob.write(alice, 'after it')
  await world.pass(10_000)
  expect(await alice.texts(bob)).toEqual(['first', 'lost', 'after it'])
  expect(await alice.db.tables.aside.count()).toBe(0)
})

test('what nothing stands on is found when the two meet again', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  await bob.write(alice, 'first')
  await world.settle()
  bob.goOffline()
  for (let times = 0; times < 150; times++) await bob.write(alice, `lost ${times}`)
  await world.settle()
  await forgetOutbox(bob)
  await world.pass(7 * 3600_000)
  bob.goOnline()
  await alice.write(bob, 'are you there?')
  await world.pass(10_000)
  const texts = await alice.texts(bob)
  expect(texts.length).toBe(152)
  expect(texts.slice(0, 3)).toEqual(['first', 'lost 0', 'lost 1'])
})

test('a removed text is not served: only that there was one', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  bob.goOffline()
  const chat = await bob.chatWith(alice)
  const gone = await bob.write(alice, 'planted-secret')
  await bob.write(alice, 'stays')
  await bob.messenger.remove(chat, gone, 'everyone')
  await world.settle()
  await forgetOutbox(bob)
  await world.pass(7 * 3600_000)
  bob.goOnline()
  await alice.write(bob, 'hello')
  await world.pass(10_000)
  expect((await alice.messages(bob)).map(({ text, removed }) => (removed ? '(removed)' : text))).toEqual([
    '(removed)',
    'stays',
    'hello'
  ])
  for (const row of await alice.db.tables.events.toArray()) {
    if (row.id === gone) expect([row.body, row.salt, row.content]).toEqual([undefined, undefined, undefined])
  }
})
