/** DV5: a restored device becomes the only one; the other finds out, says nothing more, and keeps what it had not sent. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bytesToHex } from '../../src/base/bytes.ts'
import { verifyDocument } from '../../src/crypto/document.ts'
import type { ChatId } from '../../src/model/ids.ts'
import type { AccountView, ContactView } from '../../src/model/views.ts'
import { createWorld, first } from '../cast.ts'
import type { Person, World } from '../cast.ts'

let world: World
let alice: Person
let bob: Person
let chat: ChatId
beforeEach(async () => {
  world = await createWorld()
  ;[alice, bob] = await world.people('alice', 'bob')
  chat = await world.pair(alice, bob)
})
afterEach(() => world.stop())

const PASSPHRASE = 'a long walk along the river'
const MINUTE = 60_000

const backUp = async (person: Person): Promise<Uint8Array[]> => {
  const id = await person.messenger.startBackup(PASSPHRASE)
  const parts: Uint8Array[] = []
  for (;;) {
    const part = await person.messenger.nextBackupPart(id)
    if (part === null) return parts
    parts.push(part)
  }
}
const restore = async (person: Person, parts: readonly Uint8Array[]): Promise<void> => {
  const id = await person.messenger.startRestore(PASSPHRASE)
  for (const part of parts) await person.messenger.putRestorePart(id, part)
  await person.messenger.finishRestore(id)
}
const account = (person: Person): Promise<AccountView> => first(person.messenger.watchAccount())
const contact = async (person: Person, other: Person): Promise<ContactView> =>
  (await first(person.messenger.watchContact(other.did)))!
const texts = async (person: Person): Promise<readonly string[]> =>
  (await person.timeline(chat)).messages.filter(({ system }) => system === undefined).map(({ text }) => text)
const lines = async (person: Person): Promise<readonly string[]> =>
  (await person.timeline(chat)).messages.flatMap(({ system }) => (system?.kind === 'keys' ? [system.is] : []))

test('a stolen device is restored elsewhere and shut out', async () => {
  await alice.write(bob, 'before')
  await world.pass(MINUTE)
  await bob.write(alice, 'the past')
  await world.pass(MINUTE)
  const backup = await backUp(alice)
  alice.goOffline()

  const fresh = await world.emptyDevice('alice')
  await restore(fresh, backup)
  await world.pass(5 * MINUTE)
  expect(await account(fresh)).toMatchObject({ state: 'ready', did: alice.did, device: fresh.device })
  expect((await contact(bob, alice)).devices).toEqual([fresh.device])
  expect(await lines(bob)).toEqual(['new-device'])
  expect((await contact(bob, alice)).verified).toBe(false)

  await fresh.messenger.send(chat, { text: 'this is my new one' })
  await world.pass(MINUTE)
  await bob.messenger.send(chat, { text: 'welcome back' })
  await world.pass(MINUTE)
  const all = ['before', 'the past', 'this is my new one', 'welcome back']
  expect(await texts(bob)).toEqual(all)
  expect(await texts(fresh)).toEqual(all)

  // the thief switches it on
  alice.goOnline()
  await alice.messenger.send(chat, { text: 'send me money' }).catch(() => undefined)
  await bob.messenger.send(chat, { text: 'only for the new one' })
  await world.pass(5 * MINUTE)
  expect(await account(alice)).toMatchObject({ replaced: true })
  expect(await texts(bob)).toEqual([...all, 'only for the new one'])
  expect(await texts(alice)).not.toContain('only for the new one')
  await expect(alice.messenger.send(chat, { text: 'please' })).rejects.toMatchObject({ code: 'conflict' })
  expect((await first(alice.messenger.watchChat(chat)))?.mayWrite).toBe(false)
  expect((await first(fresh.messenger.watchChat(chat)))?.mayWrite).toBe(true)
})

test('the old device keeps what it had not sent', async () => {
  const backup = await backUp(alice)
  alice.goOffline()
  await alice.write(bob, 'written on the train')
  const fresh = await world.emptyDevice('alice')
  await restore(fresh, backup)
  await world.pass(5 * MINUTE)

  alice.goOnline()
  await world.pass(10 * MINUTE)
  expect(await account(alice)).toMatchObject({ state: 'ready', replaced: true })
  expect(await texts(alice)).toEqual(['written on the train'])
  expect(await texts(bob)).toEqual([])
  // and after a restart it still knows, and has nothing to say to anybody
  await alice.restart()
  const before = world.network.sniffed.length
  await expect(alice.messenger.createInvite()).rejects.toMatchObject({ code: 'conflict' })
  const { link } = await bob.messenger.createInvite()
  await expect(alice.messenger.openInvite(link)).rejects.toMatchObject({ code: 'conflict' })
  await world.pass(5 * MINUTE)
  expect(world.network.sniffed.slice(before)).toEqual([])
  expect(await account(alice)).toMatchObject({ replaced: true })
  expect(await texts(alice)).toEqual(['written on the train'])
  expect(await texts(bob)).toEqual([])
})

test('an old device that is open all the time finds out within a minute, though nobody writes to it', async () => {
  const backup = await backUp(alice)
  await world.pass(10 * MINUTE)
  const fresh = await world.emptyDevice('alice')
  await restore(fresh, backup)
  await world.pass(MINUTE)
  expect(await account(alice)).toMatchObject({ replaced: true })
  expect((await account(fresh)) as object).not.toHaveProperty('replaced')
  expect((await contact(bob, alice)).devices).toEqual([fresh.device])
})

test('a contact that was away learns of it when it comes back, and both sides get what they wrote meanwhile', async () => {
  const backup = await backUp(alice)
  bob.goOffline()
  alice.goOffline()
  await bob.write(alice, 'are you there?')
  const fresh = await world.emptyDevice('alice')
  await restore(fresh, backup)
  await fresh.messenger.send(chat, { text: 'I moved' })
  await world.pass(30 * MINUTE)
  bob.goOnline()
  await world.pass(10 * MINUTE)
  expect((await texts(bob)).toSorted()).toEqual(['I moved', 'are you there?'])
  expect((await texts(fresh)).toSorted()).toEqual(['I moved', 'are you there?'])
})

test('what was said after the backup is handed over by the contact', async () => {
  await alice.write(bob, 'one')
  await world.pass(MINUTE)
  const backup = await backUp(alice)
  await alice.write(bob, 'two')
  await world.pass(MINUTE)
  await bob.write(alice, 'three')
  await world.pass(MINUTE)
  alice.goOffline()
  const fresh = await world.emptyDevice('alice')
  await restore(fresh, backup)
  await world.pass(5 * MINUTE)
  await bob.messenger.send(chat, { text: 'four' })
  await world.pass(30 * MINUTE)
  expect(await texts(fresh)).toEqual(['one', 'two', 'three', 'four'])
})

test('what was not sent when the backup was made is handed over by the new device', async () => {
  bob.goOffline()
  await alice.write(bob, 'on its way')
  const backup = await backUp(alice)
  alice.goOffline()
  const fresh = await world.emptyDevice('alice')
  await restore(fresh, backup)
  const seen = async (): Promise<unknown> =>
    (await fresh.timeline(chat)).messages.map(({ text, delivery }) => [text, delivery])
  await world.pass(MINUTE)
  expect(await seen()).toEqual([['on its way', 'queued']])
  bob.goOnline()
  await world.pass(5 * MINUTE)
  expect(await texts(bob)).toEqual(['on its way'])
  await bob.messenger.send(chat, { text: 'it came' })
  await world.pass(MINUTE)
  expect(await seen()).toEqual([
    ['on its way', 'delivered'],
    ['it came', undefined]
  ])
})

test('offline, a restored device is read and written, and says nothing before its document stands', async () => {
  const backup = await backUp(alice)
  alice.goOffline()
  const fresh = await world.emptyDevice('alice')
  fresh.goOffline()
  await restore(fresh, backup)
  await fresh.messenger.send(chat, { text: 'from the cellar' })
  await world.pass(30 * MINUTE)
  expect(await texts(fresh)).toEqual(['from the cellar'])
  expect(await account(fresh)).toMatchObject({ state: 'ready' })
  expect((await contact(bob, alice)).devices).toEqual([alice.device])
  fresh.goOnline()
  await world.pass(5 * MINUTE)
  expect(await texts(bob)).toEqual(['from the cellar'])
})

test('a backup from before the last takeover goes on from what the homes know', async () => {
  const backup = await backUp(alice)
  alice.goOffline()
  const second = await world.emptyDevice('alice')
  await restore(second, backup)
  await world.pass(5 * MINUTE)
  second.goOffline()
  const third = await world.emptyDevice('alice')
  await restore(third, backup)
  await world.pass(5 * MINUTE)
  const newest = await verifyDocument(
    [...world.network.records.documents].find(
      ([hash]) => hash === bytesToHex(bob.db.memory.contacts.get(alice.did)!.documentHash)
    )![1]
  )
  expect(newest.place).toEqual({ generation: 0, seq: 2 })
  expect((await contact(bob, alice)).devices).toEqual([third.device])
  expect((await contact(bob, alice)).duplicity).toBe(false)
  second.goOnline()
  await world.pass(10 * MINUTE)
  expect(await account(second)).toMatchObject({ replaced: true })
})

test.each([1, 2, 3])('a crash at write %i of taking over is no second takeover', async (write) => {
  const backup = await backUp(alice)
  alice.goOffline()
  const fresh = await world.emptyDevice('alice')
  fresh.goOffline()
  await restore(fresh, backup)
  await world.settle()
  fresh.killAt(write, 'after')
  fresh.goOnline()
  await world.pass(MINUTE)
  expect(fresh.isDead).toBe(true)
  await fresh.restart()
  await world.pass(MINUTE)
  await fresh.messenger.send(chat, { text: 'here I am' })
  await world.pass(MINUTE)
  expect(await contact(bob, alice)).toMatchObject({ devices: [fresh.device], duplicity: false })
  expect(await texts(bob)).toEqual(['here I am'])
  expect([...bob.db.memory.places.get(alice.did)!.hashes]).toHaveLength(1)
  expect(bob.db.memory.places.get(alice.did)).toMatchObject({ generation: 0, seq: 1 })
})

test('in a group also those who are no contacts follow the new device, and refuse the old one', async () => {
  const carol = await world.person('carol')
  await world.pair(bob, carol)
  const group = await bob.messenger.createGroup({ name: 'Trip', members: [alice.did, carol.did] })
  await world.pass(2 * MINUTE)
  await alice.messenger.send(group, { text: 'who drives?' })
  await world.pass(MINUTE)
  const backup = await backUp(alice)
  alice.goOffline()
  const fresh = await world.emptyDevice('alice')
  await restore(fresh, backup)
  await world.pass(15 * MINUTE)
  await fresh.messenger.send(group, { text: 'I do, from my new phone' })
  await world.pass(15 * MINUTE)
  await carol.messenger.send(group, { text: 'good' })
  await world.pass(5 * MINUTE)
  const said = async (person: Person): Promise<readonly string[]> =>
    (await person.timeline(group)).messages.filter(({ system }) => system === undefined).map(({ text }) => text)
  const all = ['who drives?', 'I do, from my new phone', 'good']
  for (const person of [bob, carol, fresh]) expect(await said(person)).toEqual(all)
  const told = (await carol.timeline(group)).messages.flatMap(({ system }) =>
    system?.kind === 'keys' ? [[system.who.did, system.is]] : []
  )
  expect(told).toEqual([[alice.did, 'new-device']])

  alice.goOnline()
  await alice.messenger.send(group, { text: 'a lie' }).catch(() => undefined)
  await world.pass(10 * MINUTE)
  for (const person of [bob, carol, fresh]) expect(await said(person)).toEqual(all)
  expect(await said(alice)).not.toContain('good')
})

test('of two that were restored apart from each other one yields, and contacts settle for the same one', async () => {
  const backup = await backUp(alice)
  alice.goOffline()
  const one = await world.emptyDevice('alice')
  await restore(one, backup)
  await world.pass(5 * MINUTE)
  // a home that knows nothing of the first
  const { heads } = world.network.records
  const known = heads.get(alice.did)!
  one.goOffline()
  heads.delete(alice.did)
  const other = await world.emptyDevice('alice')
  await restore(other, backup)
  await world.pass(MINUTE)
  heads.set(alice.did, [...known, ...heads.get(alice.did)!])
  one.goOnline()
  await world.pass(10 * MINUTE)
  // each looks again when its connection is back
  for (const device of [one, other]) {
    device.goOffline()
    device.goOnline()
  }
  await world.pass(10 * MINUTE)

  const views = [await account(one), await account(other)]
  const active = views.map((view) => view.state === 'ready' && view.replaced !== true)
  expect(active.filter(Boolean)).toHaveLength(1)
  const winner = active[0] === true ? one : other
  bob.goOffline()
  world.clock.advance(25 * 3600_000)
  bob.goOnline()
  await world.pass(MINUTE)
  expect((await contact(bob, alice)).duplicity).toBe(true)
  await bob.messenger.setContact(alice.did, { verified: true })
  await winner.messenger.send(chat, { text: 'it is settled' })
  await world.pass(10 * MINUTE)
  expect(await contact(bob, alice)).toMatchObject({ duplicity: false, devices: [winner.device] })
  expect(await texts(bob)).toContain('it is settled')
})
