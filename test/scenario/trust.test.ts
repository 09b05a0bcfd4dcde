/** ID5: documents only go forward; what cannot follow is noticed, kept and shown. */
import { afterEach, expect, test } from 'vitest'
import { bytesToBase64url, bytesToHex } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { AccountSecrets } from '../../src/crypto/account.ts'
import { deviceSlot, makeDocument, mlDsaPublicKey } from '../../src/crypto/document.ts'
import { ed25519PublicKey } from '../../src/crypto/ed25519.ts'
import { sha256 } from '../../src/crypto/hash.ts'
import { makeHead } from '../../src/crypto/head.ts'
import { rootsHashOfKeys } from '../../src/crypto/roots.ts'
import { createWorld, first, loadCast } from '../cast.ts'
import type { Person, World } from '../cast.ts'
import { HOME } from '../sim/network.ts'

let world: World
afterEach(() => world.stop())

const DAY = 24 * 3600 * 1000

interface Records {
  readonly head: Uint8Array
  readonly document: Uint8Array
  readonly hash: Uint8Array
}

const makeRecords = (
  secrets: AccountSecrets,
  { seq, previous, salt }: { readonly seq: number; readonly previous: Uint8Array; readonly salt: number }
): Records => {
  const { didKey, certificate, headSeed, rootSeed, mlDsaSeed, device, vouch } = secrets
  const place = { generation: 0, seq }
  const issued = world.clock.now() + seq
  const document = makeDocument(
    {
      didKey,
      place,
      previous,
      issued,
      certificate,
      nextRoots: rootsHashOfKeys(ed25519PublicKey(secrets.nextRootSeed), mlDsaPublicKey(secrets.nextMlDsaSeed)),
      headKey: ed25519PublicKey(headSeed),
      suites: ['pgp-v6'],
      devices: [deviceSlot(device.salt, device.key)],
      rotations: [],
      rootSeed,
      mlDsaSeed
    },
    seededRandom(salt)
  )
  const hash = sha256(document)
  const head = makeHead({
    didKey,
    place,
    documentHash: hash,
    rotations: [],
    homes: [HOME],
    headSeed,
    vouch,
    issued
  })
  return { head, document, hash }
}

const setup = async (): Promise<{ alice: Person; bob: Person; secrets: AccountSecrets }> => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  return { alice, bob, secrets: (await loadCast()).get('bob')! }
}

/** What the homes answer from now on. */
const serve = (person: Person, ...records: readonly Records[]): void => {
  const { heads, documents } = world.network.records
  heads.set(
    person.did,
    records.map(({ head }) => head)
  )
  for (const { hash, document } of records) documents.set(bytesToHex(hash), document)
}

/** The next day: contacts are looked up again. */
const nextDay = async (): Promise<void> => world.pass(DAY + 7 * 3600_000)

const pinned = async (alice: Person, bob: Person): Promise<string> =>
  bytesToHex((await alice.db.tables.contacts.get(bob.did))!.documentHash)

test('a newer document is taken over, an older one never again', async () => {
  const { alice, bob, secrets } = await setup()
  const next = makeRecords(secrets, { seq: 1, previous: secrets.documentHash, salt: 1 })
  const old = world.network.records.heads.get(bob.did)!
  bob.goOffline()
  serve(bob, next)
  await nextDay()
  expect(await pinned(alice, bob)).toBe(bytesToHex(next.hash))

  world.network.records.heads.set(bob.did, old)
  await nextDay()
  expect(await pinned(alice, bob)).toBe(bytesToHex(next.hash))
  expect((await first(alice.messenger.watchContact(bob.did)))?.duplicity).toBe(false)
})

test('two documents with one previous are both kept, and the person is told', async () => {
  const { alice, bob, secrets } = await setup()
  const [one, other] = [1, 2].map((salt) => makeRecords(secrets, { seq: 1, previous: secrets.documentHash, salt }))
  bob.goOffline()
  serve(bob, one!)
  await nextDay()
  serve(bob, other!)
  await nextDay()
  const contact = await first(alice.messenger.watchContact(bob.did))
  expect(contact?.duplicity).toBe(true)
  expect(await pinned(alice, bob)).toBe(bytesToHex(one!.hash))
  expect((await alice.db.tables.documents.toArray()).filter(({ did }) => did === bob.did)).toHaveLength(3)

  await alice.messenger.setContact(bob.did, { verified: true })
  expect((await first(alice.messenger.watchContact(bob.did)))?.duplicity).toBe(false)
})

test('a document that does not follow is an alarm and changes nothing', async () => {
  const { alice, bob, secrets } = await setup()
  const forged = makeRecords(
    { ...secrets, nextRootSeed: new Uint8Array(32).fill(9) },
    { seq: 1, previous: secrets.documentHash, salt: 3 }
  )
  bob.goOffline()
  serve(bob, forged)
  await nextDay()
  expect(await pinned(alice, bob)).toBe(bytesToHex(secrets.documentHash))
  expect(await first(alice.messenger.watchContact(bob.did))).toMatchObject({ broken: true, duplicity: false })
})

test('ID3a a head that was not renewed for a month is stale, and the chat goes on', async () => {
  const { alice, bob } = await setup()
  bob.goOffline()
  await nextDay()
  world.clock.advance(40 * DAY)
  await world.settle()
  expect((await first(alice.messenger.watchContact(bob.did)))?.stale).toBe(true)
  bob.goOnline()
  await world.pass(7 * 3600_000)
  await bob.write(alice, 'back')
  await world.settle()
  expect(await alice.texts(bob)).toEqual(['back'])
  expect((await first(alice.messenger.watchContact(bob.did)))?.stale).toBe(false)
})

test("ID3a a contact's head that names somebody else's document changes nothing", async () => {
  world = await createWorld()
  const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
  await world.pair(alice, bob)
  await world.pair(alice, carol)
  const carols = (await loadCast()).get('carol')!
  const bobs = (await loadCast()).get('bob')!
  const homesBefore = (await alice.db.tables.contacts.get(bob.did))!.homes
  // carol signs a head of her own that points at bob's document and at a home of hers
  const head = makeHead({
    didKey: carols.didKey,
    place: bobs.place,
    documentHash: bobs.documentHash,
    rotations: [],
    homes: ['/ip4/127.0.9.9/tcp/9/ws/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'],
    headSeed: carols.headSeed,
    vouch: carols.vouch,
    issued: world.clock.now() + 1
  })
  carol.goOffline()
  bob.goOffline()
  world.network.records.heads.set(carol.did, [head])
  await nextDay()
  expect((await alice.db.tables.contacts.get(bob.did))!.homes).toEqual(homesBefore)
  expect((await alice.db.tables.places.get(carol.did))!.hashes).toEqual([bytesToBase64url(carols.documentHash)])
  expect((await first(alice.messenger.watchContact(bob.did)))?.duplicity).toBe(false)
})

test('ID6 in its last month a binding is renewed, and contacts learn it before the old one ends', async () => {
  const { alice, bob } = await setup()
  const endOf = async (): Promise<number> => (await alice.db.tables.contacts.get(bob.did))!.devices[0]!.endsAt
  const before = await endOf()
  bob.goOffline()
  world.clock.advance(before - world.clock.now() - 20 * DAY)
  await bob.restart()
  bob.goOnline()
  await world.pass(DAY)
  expect(await endOf()).toBeGreaterThan(before + 300 * DAY)
})
