/** DV5: a backup holds the account and everything that was said, nothing of the device; a restore changes all of it or nothing. */
import { encode } from 'cborg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { concat } from '../../src/base/bytes.ts'
import { systemRandom } from '../../src/base/random.ts'
import { readBackup, writeBackup } from '../../src/crypto/backup.ts'
import { readSecret } from '../../src/crypto/pgp-keys.ts'
import { unpackPart } from '../../src/messenger/backup/items.ts'
import type { ChatId } from '../../src/model/ids.ts'
import { backupItems } from '../../src/wire/backup-items.ts'
import { createWorld, first, loadCast, transcript } from '../cast.ts'
import type { Person, World } from '../cast.ts'
import { CHEAP, CHEAP_BOUNDS } from '../unit/crypto/costs.ts'

let world: World
let alice: Person
let bob: Person
beforeEach(async () => {
  world = await createWorld()
  ;[alice, bob] = await world.people('alice', 'bob')
})
afterEach(() => world.stop())

const PASSPHRASE = 'a long walk along the river'

const backUp = async (person: Person, passphrase = PASSPHRASE): Promise<Uint8Array[]> => {
  const id = await person.messenger.startBackup(passphrase)
  const parts: Uint8Array[] = []
  for (;;) {
    const part = await person.messenger.nextBackupPart(id)
    if (part === null) return parts
    parts.push(part)
  }
}

const restore = async (person: Person, parts: readonly Uint8Array[], passphrase = PASSPHRASE): Promise<number> => {
  const id = await person.messenger.startRestore(passphrase)
  for (const part of parts) await person.messenger.putRestorePart(id, part)
  return (await person.messenger.finishRestore(id)).messages
}

/** Everything in the store, so that "unchanged" means it. */
const everything = async ({ db }: Person): Promise<unknown> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(db.tables).map(async ([name, table]) => [
        name,
        (await (table as typeof db.tables.records).toArray()).filter((row) => row.key !== 'restoring')
      ])
    )
  )

/** A life: texts, an edit, a reaction, a removal, one removed for us only, an alias, a draft, settings. */
const live = async (): Promise<ChatId> => {
  const chat = await world.pair(alice, bob)
  await alice.messenger.setContact(bob.did, { alias: 'Bobby', verified: true })
  const greeting = await alice.write(bob, 'helo')
  await bob.write(alice, 'hi Alice')
  await world.pass(60_000)
  const joke = await bob.write(alice, 'not for the archive')
  const gone = await alice.write(bob, 'forget this')
  await world.pass(60_000)
  await alice.messenger.edit(chat, greeting, 'hello')
  await bob.messenger.react(chat, greeting, '👋')
  await alice.messenger.remove(chat, gone, 'everyone')
  await alice.messenger.remove(chat, joke, 'me')
  await world.pass(60_000)
  await alice.messenger.setChat(chat, { pinned: true, mutedUntil: 'always' })
  await alice.messenger.saveDraft(chat, { text: 'by the way' })
  await alice.messenger.setSettings({ theme: 'dark', readReceipts: false })
  const self = (await alice.chats()).rows.find(({ kind }) => kind === 'self')!.chat
  await alice.messenger.send(self, { text: 'buy milk' })
  await world.pass(60_000)
  return chat
}

test('what was there is there again', async () => {
  const chat = await live()
  const before = { lines: await transcript(alice, bob), chats: await alice.chats() }
  const contact = await first(alice.messenger.watchContact(bob.did))
  const parts = await backUp(alice)
  alice.goOffline()

  const fresh = await world.emptyDevice('alice')
  expect(await restore(fresh, parts)).toBe(4)
  expect(await transcript(fresh, bob)).toBe(before.lines)
  const { rows } = await fresh.chats()
  const seen = ({ chat: id, title, pinned, mutedUntil, draft, unread, activeAt }: (typeof rows)[number]): unknown => ({
    id,
    title,
    pinned,
    mutedUntil,
    draft,
    unread,
    activeAt
  })
  expect(rows.map(seen)).toEqual(before.chats.rows.map(seen))
  const again = await first(fresh.messenger.watchContact(bob.did))
  expect({ ...again, devices: [], path: '' }).toEqual({ ...contact, devices: [], path: '' })
  expect(await first(fresh.messenger.watchSettings())).toMatchObject({ theme: 'dark', readReceipts: false })
  expect(await first(fresh.messenger.watchAccount())).toMatchObject({ state: 'ready', did: alice.did, name: 'Alice' })
  const times = async (person: Person): Promise<unknown> =>
    (await person.timeline(chat)).messages.map(({ id, at, arrivedAt, late }) => ({ id, at, arrivedAt, late }))
  expect(await times(fresh)).toEqual(await times(alice))
})

test('nothing of the device, of a session or of the head key is in it', async () => {
  await live()
  const plain: Uint8Array[] = []
  const kinds = new Set<string>()
  for await (const part of readBackup({ passphrase: PASSPHRASE, source: await backUp(alice), bounds: CHEAP_BOUNDS })) {
    plain.push(part.data)
    for (const { kind } of unpackPart(part)) kinds.add(kind)
  }
  const whole = Buffer.from(concat(...plain))
  const secrets = (await loadCast()).get('alice')!
  expect(kinds).toEqual(new Set(['account', 'document', 'contact', 'invite', 'settings', 'chat', 'event']))
  // what must be in it is found by the same means
  expect(whole.includes(Buffer.from(secrets.rootSeed))).toBe(true)
  expect(whole.includes(Buffer.from('hi Alice'))).toBe(true)

  const never: Uint8Array[] = [secrets.device.seed, secrets.headSeed, secrets.secretKey]
  for (const subkey of (await readSecret(secrets.secretKey)).key.subkeys) {
    const params = (subkey.keyPacket as { privateParams?: Record<string, unknown> }).privateParams ?? {}
    never.push(...Object.values(params).filter((value): value is Uint8Array => value instanceof Uint8Array))
  }
  for (const { value } of await alice.db.tables.parts.toArray()) if (value.length >= 16) never.push(value)
  for (const { sealed } of await alice.db.tables.mail.toArray()) if (sealed.length >= 16) never.push(sealed)
  expect(never.length).toBeGreaterThan(6)
  for (const secret of never) expect(whole.includes(Buffer.from(secret))).toBe(false)
  expect(whole.includes(Buffer.from('forget this'))).toBe(false)
})

interface Case {
  readonly what: string
  readonly code: string
  readonly spoil: (parts: readonly Uint8Array[]) => readonly Uint8Array[] | Promise<readonly Uint8Array[]>
  readonly passphrase?: string
}

const flip = (data: Uint8Array, at: number): Uint8Array => data.map((byte, index) => (index === at ? byte ^ 1 : byte))
const flipIn = (parts: readonly Uint8Array[], n: number, at: number): readonly Uint8Array[] =>
  parts.map((part, index) => (index === n ? flip(part, at) : part))
/** A part that is sealed well and says nonsense: from a newer app, or made by hand. */
const sealedWith = (data: Uint8Array): Promise<Uint8Array[]> =>
  Array.fromAsync(
    writeBackup({
      passphrase: PASSPHRASE,
      parts: [{ section: 'roots', data }],
      made: 1,
      random: systemRandom,
      cost: CHEAP,
      bounds: CHEAP_BOUNDS
    })
  )

const cases: readonly Case[] = [
  { what: 'a wrong passphrase', code: 'untrusted', spoil: (parts) => parts, passphrase: 'another passphrase' },
  { what: 'a file that is cut short', code: 'malformed', spoil: (parts) => parts.slice(0, -1) },
  {
    what: 'a file that is cut in a part',
    code: 'malformed',
    spoil: (parts) => [...parts.slice(0, -1), parts.at(-1)!.slice(0, 9)]
  },
  { what: 'a damaged part', code: 'untrusted', spoil: (parts) => flipIn(parts, 2, 40) },
  { what: 'a damaged head', code: 'malformed', spoil: (parts) => flipIn(parts, 0, 30) },
  {
    what: 'two parts that were swapped',
    code: 'untrusted',
    spoil: ([head, a, b, ...rest]) => [head!, b!, a!, ...rest]
  },
  { what: 'a missing part', code: 'untrusted', spoil: (parts) => parts.toSpliced(1, 1) },
  { what: 'something after the end', code: 'malformed', spoil: (parts) => [...parts, Uint8Array.of(1)] },
  { what: 'no backup at all', code: 'malformed', spoil: () => [new Uint8Array(5000).fill(7)] },
  { what: 'nothing', code: 'malformed', spoil: () => [] },
  {
    what: 'an item of a newer version',
    code: 'needs-newer',
    spoil: () =>
      sealedWith(
        new Uint8Array(
          encode(
            new Map<number, unknown>([
              [0, 2],
              [1, []]
            ])
          )
        )
      )
  },
  {
    what: 'a backup without an account',
    code: 'malformed',
    spoil: () => sealedWith(backupItems.encode({ version: 1, items: [] }))
  },
  { what: 'a part that is not CBOR', code: 'malformed', spoil: () => sealedWith(new Uint8Array(9).fill(0xff)) }
]

test.each(cases)('$what is a clear error and changes nothing', async ({ code, spoil, passphrase = PASSPHRASE }) => {
  await world.pair(alice, bob)
  const parts = await backUp(alice)
  const fresh = await world.emptyDevice('alice')
  await fresh.messenger.prepareAccount()
  const before = await everything(fresh)
  await expect(restore(fresh, await spoil(parts), passphrase)).rejects.toMatchObject({ code })
  expect(await everything(fresh)).toEqual(before)
  expect(await first(fresh.messenger.watchAccount())).toMatchObject({ state: 'none' })
  // and the good file still goes in
  await restore(fresh, parts)
  expect(await fresh.chats()).toMatchObject({ rows: [{}, {}] })
})

test('pieces of any size will do', async () => {
  const chat = await world.pair(alice, bob)
  await alice.write(bob, 'hello')
  await world.settle()
  const whole = concat(...(await backUp(alice)))
  const fresh = await world.emptyDevice('alice')
  const pieces = Array.from({ length: Math.ceil(whole.length / 777) }, (_, n) => whole.slice(n * 777, n * 777 + 777))
  await restore(fresh, pieces)
  expect((await fresh.timeline(chat)).messages.map(({ text }) => text)).toEqual(['hello'])
})

test('where there is an account nothing is restored over it', async () => {
  const parts = await backUp(alice)
  await expect(bob.messenger.startRestore(PASSPHRASE)).rejects.toMatchObject({ code: 'conflict' })
  const fresh = await world.emptyDevice('alice')
  const id = await fresh.messenger.startRestore(PASSPHRASE)
  for (const part of parts) await fresh.messenger.putRestorePart(id, part)
  await fresh.messenger.createAccount({ name: 'Somebody' })
  await expect(fresh.messenger.finishRestore(id)).rejects.toMatchObject({ code: 'conflict' })
  expect(await first(fresh.messenger.watchAccount())).toMatchObject({ name: 'Somebody' })
  expect(await fresh.db.tables.staging.count()).toBe(0)
})

test('a restore that dies half-way is no restore, and can be done again', async () => {
  await live()
  const parts = await backUp(alice)
  alice.goOffline()
  const fresh = await world.emptyDevice('alice')
  const empty = await everything(fresh)
  for (let write = parts.length + 3; ; write += 3) {
    fresh.killAt(write, 'after')
    const outcome = await restore(fresh, parts).catch(() => undefined)
    fresh.disarm()
    if (outcome !== undefined) break
    expect(fresh.isDead).toBe(true)
    await fresh.restart()
    // the last write is the account's: from there on it is restored
    const { state } = await first(fresh.messenger.watchAccount())
    if (state === 'ready') break
    expect(state).toBe('none')
    expect(await everything(fresh)).toEqual(empty)
  }
  expect(await transcript(fresh, bob)).toBe(await transcript(alice, bob))
})

test('a dropped transfer is gone', async () => {
  const id = await alice.messenger.startBackup(PASSPHRASE)
  await alice.messenger.nextBackupPart(id)
  await alice.messenger.dropTransfer(id)
  await expect(alice.messenger.nextBackupPart(id)).rejects.toMatchObject({ code: 'not-found' })

  const fresh = await world.emptyDevice('alice')
  const into = await fresh.messenger.startRestore(PASSPHRASE)
  await fresh.messenger.putRestorePart(into, new Uint8Array(10))
  await fresh.messenger.dropTransfer(into)
  expect(await fresh.db.tables.staging.count()).toBe(0)
  await expect(fresh.messenger.finishRestore(into)).rejects.toMatchObject({ code: 'not-found' })
})

test('a group is there again with everybody in it, its topic, and what was said', async () => {
  const carol = await world.person('carol')
  await world.pair(alice, bob)
  await world.pair(alice, carol)
  const group = await alice.messenger.createGroup({ name: 'Family', members: [bob.did, carol.did] })
  await world.pass(120_000)
  await alice.messenger.setTopic(group, { description: 'All of us' })
  await bob.messenger.send(group, { text: 'dinner at seven' })
  await carol.messenger.send(group, { text: 'I cook' })
  await world.pass(60_000)
  const seen = async (person: Person): Promise<unknown> => {
    const view = await first(person.messenger.watchGroup(group))
    const { messages } = await person.timeline(group)
    return {
      name: view?.name,
      description: view?.description,
      members: view?.members.map(({ did, role }) => [did, role]),
      policies: view?.policies,
      lines: messages.map(({ text, system, authorName }) => (system === undefined ? `${authorName}: ${text}` : system))
    }
  }
  const before = await seen(alice)
  const parts = await backUp(alice)
  alice.goOffline()
  const fresh = await world.emptyDevice('alice')
  await restore(fresh, parts)
  expect(await seen(fresh)).toEqual(before)
})

test('a long history goes out in many parts and comes back whole', async () => {
  const self = (await alice.chats()).rows.find(({ kind }) => kind === 'self')!.chat
  const long = 'x'.repeat(12_000)
  for (let n = 0; n < 300; n++) await alice.messenger.send(self, { text: `${n} ${long}` })
  const parts = await backUp(alice)
  expect(parts.length).toBeGreaterThan(6)
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(1.1 * 1024 * 1024)
  const fresh = await world.emptyDevice('alice')
  expect(await restore(fresh, parts)).toBe(300)
  expect(await fresh.db.tables.staging.count()).toBe(0)
  const { messages, total } = await fresh.timeline(self)
  expect(total).toBe(300)
  expect(messages.map(({ text }) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 300 }, (_, n) => n))
})
