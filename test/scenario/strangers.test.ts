/** A stranger may ask; until the person accepts, nothing leaves the device, and the stranger cannot tell why (IN3, IN5). */
import { afterEach, expect, test } from 'vitest'
import { createWorld, transcript } from '../cast.ts'
import type { Person, World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

const setup = async (): Promise<{ alice: Person; bob: Person }> => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.settle()
  return { alice, bob }
}

/** Bob finds Alice by her did and writes. */
const ask = async ({ alice, bob }: { alice: Person; bob: Person }, text = 'hello from a stranger') => {
  const found = await bob.messenger.findSomeone(alice.did)
  if (found.outcome !== 'found') throw new Error(found.outcome)
  await bob.messenger.send(found.chat, { text })
  await world.settle()
  return found.chat
}

test('a request waits in its own place, and the stranger sees it as not delivered', async () => {
  const { alice, bob } = await setup()
  const chat = await ask({ alice, bob })
  const list = await alice.chats()
  expect(list.rows.map(({ kind }) => kind)).toEqual(['self'])
  expect(list.requests).toMatchObject([{ title: 'Bob', standing: 'request', unread: 1 }])
  expect(list.unreadTotal).toBe(0)
  expect((await bob.messages(alice)).map(({ delivery }) => delivery)).toEqual(['queued'])
  await expect(alice.messenger.send(chat, { text: 'not yet' })).rejects.toMatchObject({ code: 'conflict' })
})

test('nothing leaves before acceptance: not for reading, not for repeats, not after a restart', async () => {
  const { alice, bob } = await setup()
  const chat = await ask({ alice, bob })
  const sent = world.network.sniffed.length
  const [message] = await alice.messages(bob)
  await alice.messenger.markRead(chat, message!.id)
  alice.kill()
  await alice.restart()
  await world.settle()
  const fromAlice: unknown[] = []
  world.network.carry = (carried) => {
    if (carried.from === alice.device) fromAlice.push(carried)
    return carried.run()
  }
  await world.pass(20 * 60_000)
  expect(fromAlice).toEqual([])
  expect(world.network.sniffed.length).toBeGreaterThan(sent)
  expect(await alice.texts(bob)).toEqual(['hello from a stranger'])
})

test('an accepted request becomes a chat with everything that was written meanwhile', async () => {
  const { alice, bob } = await setup()
  const chat = await ask({ alice, bob })
  await bob.write(alice, 'are you there?')
  await world.settle()
  await alice.messenger.acceptRequest(chat)
  await world.pass(10_000)
  await alice.write(bob, 'yes')
  await world.settle()
  expect(await transcript(bob, alice)).toMatchInlineSnapshot(`
    "
    Bob: hello from a stranger  [delivered]
    Bob: are you there?  [delivered]
    Alice: yes
    "
  `)
  expect(await alice.texts(bob)).toEqual(['hello from a stranger', 'are you there?', 'yes'])
})

test('a declined request is gone, does not come back, and the stranger is not told', async () => {
  const { alice, bob } = await setup()
  const chat = await ask({ alice, bob })
  await alice.messenger.declineRequest(chat)
  await world.pass(20 * 60_000)
  expect((await alice.chats()).requests).toEqual([])
  expect(await alice.db.tables.events.count()).toBe(0)
  expect((await bob.messages(alice)).map(({ delivery }) => delivery)).toEqual(['queued'])
})

test('two who ask each other have one chat at once', async () => {
  const { alice, bob } = await setup()
  bob.goOffline()
  const found = await (async () => {
    bob.goOnline()
    const fromBob = await bob.messenger.findSomeone(alice.did)
    const fromAlice = await alice.messenger.findSomeone(bob.did)
    if (fromBob.outcome !== 'found' || fromAlice.outcome !== 'found') throw new Error('not found')
    return [fromBob.chat, fromAlice.chat] as const
  })()
  expect(found[0]).toBe(found[1])
  await bob.messenger.send(found[0], { text: 'me first' })
  await alice.messenger.send(found[1], { text: 'no, me' })
  await world.pass(10 * 60_000)
  expect(await alice.texts(bob)).toEqual(await bob.texts(alice))
  expect((await alice.texts(bob)).toSorted()).toEqual(['me first', 'no, me'])
})

test('somebody is found by fingerprint, and nonsense is not', async () => {
  const { alice, bob } = await setup()
  const account = await alice.db.tables.account.get('own')
  expect(await bob.messenger.findSomeone(account!.fingerprint.toUpperCase())).toMatchObject({ outcome: 'found' })
  expect(await bob.messenger.findSomeone(bob.did)).toEqual({ outcome: 'own' })
  expect(await bob.messenger.findSomeone('did:web:example')).toEqual({ outcome: 'malformed' })
  expect(await bob.messenger.findSomeone('ff'.repeat(32))).toEqual({ outcome: 'unknown' })
})

test('a blocked contact sees an absent device, and what they wrote comes when they are unblocked', async () => {
  const { alice, bob } = await setup()
  const chat = await world.pair(alice, bob)
  await alice.messenger.setContact(bob.did, { blocked: true })
  await bob.write(alice, 'hello?')
  await world.pass(60_000)
  expect((await bob.messages(alice)).map(({ delivery }) => delivery)).toEqual(['queued'])
  expect(await alice.texts(bob)).toEqual([])
  await expect(alice.messenger.send(chat, { text: 'x' })).rejects.toMatchObject({ code: 'conflict' })
  expect((await alice.chats()).rows.find(({ did }) => did === bob.did)?.standing).toBe('blocked')

  await alice.messenger.setContact(bob.did, { blocked: false })
  await world.pass(10 * 60_000)
  expect(await alice.texts(bob)).toEqual(['hello?'])
})
