/** Invites: how often, how long, and who (IN1, IN2, ID7). */
import { afterEach, expect, test } from 'vitest'
import { createWorld, first } from '../cast.ts'
import type { World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

test('both open the invite of the other: one chat, on both sides the same', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  const [fromAlice, fromBob] = [await alice.messenger.createInvite(), await bob.messenger.createInvite()]
  alice.goOffline()
  const chatOfBob = await bob.messenger.openInvite(fromAlice.link)
  await bob.messenger.send(chatOfBob, { text: 'from bob' })
  await world.settle()
  bob.goOffline()
  alice.goOnline()
  const chatOfAlice = await alice.messenger.openInvite(fromBob.link)
  await alice.messenger.send(chatOfAlice, { text: 'from alice' })
  await world.settle()
  bob.goOnline()
  await world.pass(10 * 60_000)

  expect(chatOfAlice).toBe(chatOfBob)
  expect((await alice.texts(bob)).toSorted()).toEqual(['from alice', 'from bob'])
  expect(await alice.texts(bob)).toEqual(await bob.texts(alice))
  expect((await alice.chats()).rows.filter(({ did }) => did === bob.did)).toHaveLength(1)
  await alice.write(bob, 'one chat')
  await bob.write(alice, 'indeed')
  await world.settle()
  expect(await alice.texts(bob)).toEqual(await bob.texts(alice))
})

test('an invite works while its owner is away, and what was written arrives later', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  const { link } = await alice.messenger.createInvite()
  await world.settle()
  alice.goOffline()
  const chat = await bob.messenger.openInvite(link)
  for (const text of ['one', 'two']) await bob.messenger.send(chat, { text })
  await world.pass(3600_000)
  expect((await bob.messages(alice)).map(({ delivery }) => delivery)).toEqual(['queued', 'queued'])
  alice.goOnline()
  await world.pass(5 * 60_000)
  expect(await alice.texts(bob)).toEqual(['one', 'two'])
})

test('ID7 the second use of a one-time invite stays a request, and the owner sees it counted', async () => {
  world = await createWorld()
  const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
  const { link } = await alice.messenger.createInvite({ maxUses: 1 })
  await bob.messenger.openInvite(link)
  await world.settle()
  await carol.messenger.openInvite(link)
  await world.settle()
  const list = await alice.chats()
  expect(list.rows.map(({ title }) => title)).toContain('Bob')
  expect(list.requests.map(({ title }) => title)).toEqual(['Carol'])
  expect(await first(alice.messenger.watchInvites())).toMatchObject([{ maxUses: 1, uses: 2 }])
})

test('a revoked or ended invite opens nothing', async () => {
  world = await createWorld()
  const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
  const revoked = await alice.messenger.createInvite()
  await alice.messenger.revokeInvite(revoked.id)
  await world.settle()
  expect(await bob.messenger.readInvite(revoked.link)).toEqual({ outcome: 'revoked' })
  await expect(bob.messenger.openInvite(revoked.link)).rejects.toMatchObject({ code: 'not-found' })

  const short = await alice.messenger.createInvite({ endsAt: world.clock.now() + 3600_000 })
  alice.goOffline()
  await carol.messenger.openInvite(short.link)
  await world.pass(2 * 3600_000)
  alice.goOnline()
  await world.pass(10 * 60_000)
  expect((await alice.chats()).requests.map(({ title }) => title)).toEqual(['Carol'])
})

test('links that are not good say why', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  const { link } = await alice.messenger.createInvite()
  expect(await alice.messenger.readInvite(link)).toEqual({ outcome: 'own' })
  expect(await bob.messenger.readInvite('https://chat.example/#i/nonsense')).toEqual({ outcome: 'malformed' })
  bob.goOffline()
  expect(await bob.messenger.readInvite(link)).toEqual({ outcome: 'offline' })
  bob.goOnline()
  await bob.messenger.openInvite(link)
  await world.settle()
  expect(await bob.messenger.readInvite(link)).toMatchObject({
    outcome: 'ok',
    name: 'Alice',
    chat: await bob.chatWith(alice)
  })
})

test('ID7 a scanned invite verifies its owner for the scanner only', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  const { link } = await alice.messenger.createInvite()
  await bob.messenger.openInvite(link, { scanned: true })
  await world.settle()
  expect((await first(bob.messenger.watchContact(alice.did)))?.verified).toBe(true)
  expect((await first(alice.messenger.watchContact(bob.did)))?.verified).toBe(false)
})

test('a new name and photo reach contacts', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  await alice.messenger.setProfile({ name: 'Alice Liddell', photo: Uint8Array.of(1, 2, 3) })
  await world.settle()
  expect((await bob.chats()).rows.find(({ did }) => did === alice.did)).toMatchObject({
    title: 'Alice Liddell',
    avatar: { photo: Uint8Array.of(1, 2, 3) }
  })
  await bob.messenger.setContact(alice.did, { alias: 'Al' })
  expect((await bob.chats()).rows.find(({ did }) => did === alice.did)?.title).toBe('Al')
})

test('ID7 both sides show the same safety number, and scanning the code verifies', async () => {
  world = await createWorld()
  const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
  await world.pair(alice, bob)
  await world.pair(alice, carol)
  const seenByAlice = await first(alice.messenger.watchContact(bob.did))
  const seenByBob = await first(bob.messenger.watchContact(alice.did))
  expect(seenByAlice?.safetyNumber).toMatch(/^(\d{5} ){11}\d{5}$/)
  expect(seenByAlice?.safetyNumber).toBe(seenByBob?.safetyNumber)
  expect(await alice.messenger.checkSafetyCode(bob.did, seenByBob?.safetyCode ?? '')).toBe('match')
  expect((await first(alice.messenger.watchContact(bob.did)))?.verified).toBe(true)
  const other = await first(carol.messenger.watchContact(alice.did))
  expect(await alice.messenger.checkSafetyCode(bob.did, other?.safetyCode ?? '')).toBe('mismatch')
  expect(await alice.messenger.checkSafetyCode(bob.did, 'hello')).toBe('malformed')
})
