/** An account that an earlier build made lists fewer suites: the next start says what this build speaks, and others go by it (SU1). */
import { afterEach, expect, test } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import type { AccountSecrets } from '../../src/crypto/account.ts'
import { deviceSlot, makeDocument, verifyDocument } from '../../src/crypto/document.ts'
import { sha256 } from '../../src/crypto/hash.ts'
import { createWorld, type Person, type World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

const secretsOf = async ({ db }: Person): Promise<AccountSecrets> =>
  (await db.tables.account.get('own'))!.keys as AccountSecrets

/** As an earlier build left it on the disk. */
const makeOlder = async (person: Person): Promise<void> => {
  const secrets = await secretsOf(person)
  const { headKey, nextRoots, issued } = await verifyDocument(secrets.document)
  const { didKey, place, certificate, rootSeed, mlDsaSeed, device } = secrets
  const devices = [deviceSlot(device.salt, device.key)]
  const parts = { didKey, place, issued, certificate, nextRoots, headKey, devices, rootSeed, mlDsaSeed }
  const document = makeDocument({ ...parts, suites: ['pgp-v6'], rotations: [] }, seededRandom(3))
  await person.db.write(['account'], async () => {
    const row = (await person.db.tables.account.get('own'))!
    const keys: AccountSecrets = { ...secrets, document, documentHash: sha256(document) }
    await person.db.tables.account.put({ ...row, keys, head: undefined, headHomes: [], headIssuedAt: 0 })
  })
  world.network.records.heads.delete(person.did)
  world.network.records.documents.clear()
}

test('it is announced once, in a document that follows the one before, and MLS carries its chats', async () => {
  world = await createWorld({ seed: 1 })
  const alice = await world.person('alice')
  await makeOlder(alice)
  await alice.restart()
  const bob = await world.person('bob')
  const chat = await world.pair(alice, bob)
  await alice.write(bob, 'hello')
  await world.pass(60_000)
  const { place, document } = await secretsOf(alice)
  expect(place).toEqual({ generation: 0, seq: 1 })
  expect((await verifyDocument(document)).suites).toContain('mls-xwing')
  const suites = [...bob.db.memory.sessions.values()].filter((row) => row.chat === chat).map(({ suite }) => suite)
  expect(suites).toContain('mls-xwing')
  expect(await bob.texts(alice)).toEqual(['hello'])
  await alice.restart()
  await world.pass(60_000)
  expect((await secretsOf(alice)).place.seq).toBe(1)
})
