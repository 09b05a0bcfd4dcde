/** ID4, ID7: a contact's roots may change by the promise of the old ones, but what was compared is then no longer compared. */
import { afterEach, expect, test } from 'vitest'
import { bytesToBase64url, bytesToHex } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import { deviceSlot, makeDocument, mlDsaPublicKey } from '../../src/crypto/document.ts'
import { ed25519PublicKey } from '../../src/crypto/ed25519.ts'
import { sha256 } from '../../src/crypto/hash.ts'
import { makeHead } from '../../src/crypto/head.ts'
import { generateAccountKey } from '../../src/crypto/pgp-keys.ts'
import { rootsHashOfKeys, signPromise, signVouch } from '../../src/crypto/roots.ts'
import { createWorld, first, loadCast } from '../cast.ts'
import type { World } from '../cast.ts'
import { HOME } from '../sim/network.ts'

let world: World
afterEach(() => world.stop())

const DAY = 24 * 3600 * 1000

test('new roots end "verified": the safety number is another one and nobody has compared it', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  await alice.messenger.setContact(bob.did, { verified: true })
  const before = await first(alice.messenger.watchContact(bob.did))
  const secrets = (await loadCast()).get('bob')!
  const { didKey, headSeed, device } = secrets

  const next = await generateAccountKey(world.clock.now())
  const nextMlDsaSeed = new Uint8Array(32).fill(5)
  const nextRoots = rootsHashOfKeys(ed25519PublicKey(next.rootSeed), mlDsaPublicKey(nextMlDsaSeed))
  const shared = {
    didKey,
    headKey: ed25519PublicKey(headSeed),
    suites: ['pgp-v6'],
    devices: [deviceSlot(device.salt, device.key)]
  }
  // the document that Alice is pinned to commits to keys that this test has
  const old = makeDocument(
    {
      ...shared,
      place: { generation: 0, seq: 0 },
      issued: world.clock.now(),
      certificate: secrets.certificate,
      nextRoots,
      rotations: [],
      rootSeed: secrets.rootSeed,
      mlDsaSeed: secrets.mlDsaSeed
    },
    seededRandom(1)
  )
  await alice.db.tables.documents.put({ hash: bytesToBase64url(sha256(old)), did: bob.did, bytes: old })
  await alice.db.write(['contacts'], async () => {
    const contact = await alice.db.tables.contacts.get(bob.did)
    await alice.db.tables.contacts.put({ ...contact!, documentHash: sha256(old) })
  })

  const place = { generation: 1, seq: 1 }
  const rotations = [
    {
      root: ed25519PublicKey(next.rootSeed),
      mlDsaHash: sha256(mlDsaPublicKey(nextMlDsaSeed)),
      promise: signPromise({ didKey, generation: 1, nextRoots, rootSeed: secrets.rootSeed })
    }
  ]
  const issued = world.clock.now() + 1
  const document = makeDocument(
    {
      ...shared,
      place,
      previous: sha256(old),
      issued,
      certificate: next.certificate,
      nextRoots: new Uint8Array(32).fill(6),
      rotations,
      rootSeed: next.rootSeed,
      mlDsaSeed: nextMlDsaSeed
    },
    seededRandom(2)
  )
  const vouch = signVouch({ didKey, generation: 1, headKey: shared.headKey, rootSeed: next.rootSeed })
  const head = makeHead({
    didKey,
    place,
    documentHash: sha256(document),
    rotations,
    homes: [HOME],
    headSeed,
    vouch,
    issued
  })
  bob.goOffline()
  world.network.records.heads.set(bob.did, [head])
  world.network.records.documents.set(bytesToHex(sha256(document)), document)
  await world.pass(DAY + 7 * 3600_000)

  const after = await first(alice.messenger.watchContact(bob.did))
  expect(after?.fingerprint).not.toBe(before?.fingerprint)
  expect(after?.safetyNumber).not.toBe(before?.safetyNumber)
  expect({ before: before?.verified, after: after?.verified }).toEqual({ before: true, after: false })
})
