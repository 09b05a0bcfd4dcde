/** The first minute: a device key at once, an identity in the background, and an account when it has a name. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { seededRandom } from '../../src/base/random.ts'
import { loadOrMakeDevice } from '../../src/messenger/account.ts'
import { createMessenger } from '../../src/messenger/messenger.ts'
import { openDatabase } from '../../src/store/database.ts'
import { createWorld, first } from '../cast.ts'
import type { World } from '../cast.ts'
import { testVault } from '../vault.ts'

let world: World
afterEach(() => world.stop())

const newcomer = async (disk = new IDBFactory()) => {
  const db = await openDatabase({ indexedDB: disk, IDBKeyRange, vaults: [await testVault()] })
  const random = seededRandom(5)
  const device = await loadOrMakeDevice(db, random)
  const messenger = createMessenger({
    db,
    net: world.network.join(device.id),
    device,
    clock: world.clock,
    random,
    log: silentLog,
    linkBase: 'https://chat.example'
  })
  await messenger.start()
  return { messenger, device, db, disk }
}

test('a newcomer with nothing but a link is in the chat after one name', async () => {
  world = await createWorld()
  const alice = await world.person('alice')
  const { link } = await alice.messenger.createInvite()
  const { messenger, device } = await newcomer()
  expect(await first(messenger.watchAccount())).toEqual({ state: 'none' })
  const prepared = messenger.prepareAccount()
  expect(await first(messenger.watchAccount())).toEqual({ state: 'making' })
  await prepared
  await expect(messenger.openInvite(link)).rejects.toMatchObject({ code: 'not-ready' })
  const did = await messenger.createAccount({ name: '  Zoë ' })
  expect(await first(messenger.watchAccount())).toMatchObject({ state: 'ready', did, name: 'Zoë', device: device.id })

  const chat = await messenger.openInvite(link)
  await messenger.send(chat, { text: 'hi' })
  // the newcomer is not one of the world's own people, whom `settle` would wait for
  const shown = async () => {
    const timeline = await first(messenger.watchTimeline(chat, { around: 'end', before: 5, after: 0 }))
    return timeline.messages.map(({ text, delivery }) => [text, delivery])
  }
  await expect.poll(shown, { interval: 5, timeout: 5000 }).toEqual([['hi', 'delivered']])
  expect((await alice.chats()).rows.map(({ title }) => title)).toContain('Zoë')
  await messenger.stop()
})

test('preparing twice and pressing twice makes one account, and it is the same after a restart', async () => {
  world = await createWorld()
  const { messenger, device, disk, db } = await newcomer()
  await Promise.all([messenger.prepareAccount(), messenger.prepareAccount()])
  const [one, two] = await Promise.allSettled([
    messenger.createAccount({ name: 'Zoë' }),
    messenger.createAccount({ name: 'Zoë' })
  ])
  expect([one.status, two.status].toSorted()).toEqual(['fulfilled', 'rejected'])
  await expect(messenger.createAccount({ name: ' ' })).rejects.toMatchObject({ code: 'malformed' })
  await messenger.stop()
  db.close()

  const again = await newcomer(disk)
  expect(again.device.id).toBe(device.id)
  expect(await first(again.messenger.watchAccount())).toMatchObject({ state: 'ready', name: 'Zoë' })
  expect((await first(again.messenger.watchChats())).rows.map(({ kind }) => kind)).toEqual(['self'])
  await again.messenger.stop()
})

test('ID8 the key leaves only as a certificate, or locked with a passphrase', async () => {
  world = await createWorld()
  const alice = await world.person('alice')
  expect(await alice.messenger.exportKey('certificate')).toContain('BEGIN PGP PUBLIC KEY BLOCK')
  const gnupg = await alice.messenger.exportKey('gnupg')
  expect(await alice.messenger.exportKey('gnupg')).toBe(gnupg)
  await expect(alice.messenger.exportKey('secret')).rejects.toMatchObject({ code: 'malformed' })
})
