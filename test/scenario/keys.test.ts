/** ID4, ID5: what the person sees of others' keys, and what is refused. Nothing of it is silent. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bytesToHex, compareBytes } from '../../src/base/bytes.ts'
import type { AccountSecrets } from '../../src/crypto/account.ts'
import type { ContactView } from '../../src/model/views.ts'
import { createWorld, first, loadCast } from '../cast.ts'
import type { Person, World } from '../cast.ts'
import { hashOfRoots, makeRecords, newRoots, pinTo, serve, type Records } from './records.ts'

let world: World
let alice: Person
let bob: Person
let bobs: AccountSecrets
beforeEach(async () => {
  world = await createWorld()
  ;[alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  bobs = (await loadCast()).get('bob')!
})
afterEach(() => world.stop())

/** Contacts are looked up again when the connection is back and a day has passed. */
const nextDay = async (): Promise<void> => {
  alice.goOffline()
  world.clock.advance(25 * 3600_000)
  alice.goOnline()
  await world.settle()
}
const contact = async (): Promise<ContactView> => (await first(alice.messenger.watchContact(bob.did)))!
const lines = async (): Promise<readonly string[]> =>
  (await alice.messages(bob)).flatMap(({ system }) =>
    system?.kind === 'keys' ? [`${system.who.name}: ${system.is}`] : []
  )
const pinned = (): string => bytesToHex(alice.db.memory.contacts.get(bob.did)!.documentHash)
const now = (): number => world.clock.now()

test('new roots as promised are followed and said: a line, a date, and "verified" is gone', async () => {
  const roots = await newRoots(now(), 5)
  const old = makeRecords(bobs, { seq: 0, issued: now(), nextRoots: hashOfRoots(roots) })
  await pinTo(alice, bob, old)
  await alice.messenger.setContact(bob.did, { verified: true })
  const before = await contact()
  const rotated = makeRecords(bobs, { seq: 1, previous: old.hash, issued: now() + 1, roots })
  bob.goOffline()
  serve(world, bob, rotated)
  await nextDay()

  const after = await contact()
  expect(pinned()).toBe(bytesToHex(rotated.hash))
  expect(await lines()).toEqual(['Bob: rotated'])
  expect(after.keysChangedAt).toBe(now())
  expect(after).toMatchObject({ verified: false, duplicity: false })
  expect(after.broken).toBeUndefined()
  expect(after.fingerprint).not.toBe(before.fingerprint)
  expect(after.safetyNumber).not.toBe(before.safetyNumber)
  expect((await alice.chats()).rows.find(({ did }) => did === bob.did)?.last).toMatchObject({
    kind: 'system',
    system: { kind: 'keys', is: 'rotated' }
  })

  await alice.messenger.setContact(bob.did, { verified: true })
  expect((await contact()).keysChangedAt).toBeUndefined()
  await nextDay()
  expect(await lines()).toHaveLength(1)
})

test('roots to which nobody had committed are an alarm: what was pinned stays, and the chat goes on', async () => {
  await alice.messenger.setContact(bob.did, { verified: true })
  const before = await contact()
  // a thief of the root signs a promise of his own
  const thiefs = makeRecords(bobs, {
    seq: 1,
    previous: bobs.documentHash,
    issued: now() + 1,
    roots: await newRoots(now(), 7)
  })
  serve(world, bob, thiefs)
  await nextDay()
  expect(pinned()).toBe(bytesToHex(bobs.documentHash))
  expect(await contact()).toMatchObject({
    broken: true,
    fingerprint: before.fingerprint,
    safetyNumber: before.safetyNumber
  })
  expect(await lines()).toEqual(['Bob: break'])

  // the same record again is no second alarm, and none of it stops the chat
  await nextDay()
  expect(await lines()).toEqual(['Bob: break'])
  await alice.write(bob, 'is that you?')
  await world.pass(60_000)
  await bob.write(alice, 'it is me')
  await world.pass(60_000)
  expect(await bob.texts(alice)).toEqual(['is that you?', 'it is me'])

  // comparing safety numbers ends it
  const code = (await first(bob.messenger.watchContact(alice.did)))!.safetyCode!
  expect(await alice.messenger.checkSafetyCode(bob.did, code)).toBe('match')
  const after = await contact()
  expect({ broken: after.broken ?? false, verified: after.verified }).toEqual({ broken: false, verified: true })
  await nextDay()
  expect((await contact()).broken ?? false).toBe(false)
})

test('a head and a document that were rolled back are refused without a word', async () => {
  const old = world.network.records.heads.get(bob.did)!
  const next = makeRecords(bobs, { seq: 1, previous: bobs.documentHash, issued: now() + 1 })
  bob.goOffline()
  serve(world, bob, next)
  await nextDay()
  world.network.records.heads.set(bob.did, old)
  await nextDay()
  expect(pinned()).toBe(bytesToHex(next.hash))
  expect(alice.db.memory.places.get(bob.did)).toMatchObject({ generation: 0, seq: 1 })
  expect(await contact()).toMatchObject({ duplicity: false })
  expect(await lines()).toEqual([])
})

/** One view of bob has his device, the other has not; of two at one place the lower hash goes on. */
const fork = (): readonly [Records, Records] => {
  const shared = { seq: 1, previous: bobs.documentHash, issued: now() + 1 }
  for (let salt = 1; ; salt++) {
    const one = makeRecords(bobs, { ...shared, salt })
    const other = makeRecords(bobs, { ...shared, salt, devices: [] })
    if (compareBytes(one.hash, other.hash) < 0) return [one, other]
  }
}

test('of two views only what both list is trusted, and only comparing safety numbers ends it', async () => {
  const [one, other] = fork()
  serve(world, bob, one)
  await nextDay()
  expect(await contact()).toMatchObject({ duplicity: false, devices: [bob.device] })
  serve(world, bob, other)
  await nextDay()
  expect(await contact()).toMatchObject({ duplicity: true, devices: [] })
  expect(pinned()).toBe(bytesToHex(one.hash))

  const code = (await first(bob.messenger.watchContact(alice.did)))!.safetyCode!
  expect(await alice.messenger.checkSafetyCode(bob.did, code)).toBe('match')
  expect(await contact()).toMatchObject({ duplicity: false, verified: true, devices: [bob.device] })
  // what was settled is no second alarm
  await nextDay()
  expect(await contact()).toMatchObject({ duplicity: false, verified: true, devices: [bob.device] })
})

test('a device that both views list goes on writing and being written to', async () => {
  const shared = { seq: 1, previous: bobs.documentHash, issued: now() + 1 }
  serve(world, bob, makeRecords(bobs, { ...shared, salt: 1 }), makeRecords(bobs, { ...shared, salt: 2 }))
  await nextDay()
  expect(await contact()).toMatchObject({ duplicity: true, devices: [bob.device] })
  await bob.write(alice, 'still me')
  await world.pass(60_000)
  await alice.write(bob, 'I see')
  await world.pass(60_000)
  expect(await alice.texts(bob)).toEqual(['still me', 'I see'])
  expect(await bob.texts(alice)).toEqual(['still me', 'I see'])
})

test('a higher generation ends two views', async () => {
  const roots = await newRoots(now(), 5)
  const old = makeRecords(bobs, { seq: 0, issued: now(), nextRoots: hashOfRoots(roots) })
  await pinTo(alice, bob, old)
  const shared = { seq: 1, previous: old.hash, issued: now() + 1, nextRoots: hashOfRoots(roots) }
  bob.goOffline()
  serve(world, bob, makeRecords(bobs, { ...shared, salt: 1 }), makeRecords(bobs, { ...shared, salt: 2 }))
  await nextDay()
  expect((await contact()).duplicity).toBe(true)
  const rotated = makeRecords(bobs, { seq: 2, previous: old.hash, issued: now() + 2, roots })
  serve(world, bob, rotated)
  await nextDay()
  expect(await contact()).toMatchObject({ duplicity: false })
  expect(pinned()).toBe(bytesToHex(rotated.hash))
  expect(await lines()).toEqual(['Bob: rotated'])
})
