/** The lock over a real store: what opens it, what a wrong passphrase changes, what is left when it is locked. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, expect, test } from 'vitest'
import { silentLog } from '../../../src/base/log.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { watch } from '../../../src/store/watch.ts'
import type { LockView, Unlock } from '../../../src/model/security-views.ts'
import type { Engine, EngineApi } from '../../../src/node/parts.ts'
import { loadKeys } from '../../../src/node/keys.ts'
import { createLock, type Lock } from '../../../src/node/lock.ts'
import { createServedApi } from '../../../src/node/serve.ts'
import type { Db } from '../../../src/store/database.ts'
import { type Disk, openDisk } from '../../../src/store/disk.ts'
import { getRecord, setRecord } from '../../../src/store/records.ts'
import { CHEAP, CHEAP_BOUNDS } from '../crypto/costs.ts'
import { createManualClock, settle, type ManualClock } from '../bridge/manual-clock.ts'

interface Started {
  readonly lock: Lock
  readonly disk: Disk
  readonly clock: ManualClock
  readonly dbs: Db[]
  readonly wiped: () => boolean
}

const running: Started[] = []
afterEach(async () => {
  for (const { lock } of running.splice(0)) await lock.stop('stop')
})

const start = async (indexedDB = new IDBFactory()): Promise<Started> => {
  const disk = await openDisk({ indexedDB, IDBKeyRange })
  const clock = createManualClock()
  const random = seededRandom(Math.floor(performance.now() * 1000))
  const dbs: Db[] = []
  let isWiped = false
  const lock = createLock({
    disk,
    keys: await loadKeys({ disk, random, cost: CHEAP, bounds: CHEAP_BOUNDS }),
    clock,
    log: silentLog,
    startEngine: async (db): Promise<Engine> => {
      dbs.push(db)
      const api = {
        watchSettings: () =>
          watch(db.changes, {
            concerns: ({ topics }) => topics.has('settings'),
            read: () => getRecord(db, 'settings')
          }),
        setSettings: (change: unknown) => setRecord(db, 'settings', change)
      } as unknown as EngineApi
      return { api, wake: () => undefined, stop: async () => db.close(), abandon: async () => db.close() }
    },
    onWiped: () => {
      isWiped = true
    }
  })
  await lock.start()
  const started = { lock, disk, clock, dbs, wiped: () => isWiped }
  running.push(started)
  return started
}

const stop = async (started: Started): Promise<void> => {
  running.splice(running.indexOf(started), 1)
  await started.lock.stop('stop')
}

const phrase = (passphrase: string): Unlock => ({ by: 'passphrase', passphrase })
const key = (name: number): Extract<Unlock, { by: 'passkey' }> => ({
  by: 'passkey',
  credential: Uint8Array.of(name),
  secret: new Uint8Array(32).fill(name)
})
const view = async ({ lock }: Started): Promise<LockView> => {
  for await (const now of lock.api.watchLock()) return now
  throw new Error('the feed ended')
}
const settings = async ({ dbs }: Started): Promise<unknown> => getRecord(dbs.at(-1)!, 'settings')

test('without a passphrase the store opens by itself, says so, and cannot be locked', async () => {
  const disk = new IDBFactory()
  const first = await start(disk)
  expect(await view(first)).toEqual({ state: 'open', passphrase: false, passkeys: [] })
  await expect(first.lock.api.lock()).rejects.toMatchObject({ code: 'conflict' })
  await setRecord(first.dbs[0]!, 'settings', 'mine')
  await stop(first)
  const again = await start(disk)
  expect(await settings(again)).toBe('mine')
})

test('with a passphrase it starts locked; a wrong one changes nothing, the right one opens all', async () => {
  const disk = new IDBFactory()
  const first = await start(disk)
  await setRecord(first.dbs[0]!, 'settings', 'mine')
  await first.lock.api.setPassphrase('correct horse')
  await setRecord(first.dbs[0]!, 'later', 1)
  await stop(first)

  const again = await start(disk)
  expect(await view(again)).toMatchObject({ state: 'locked', passphrase: true })
  expect(again.dbs).toEqual([])
  await expect(again.lock.api.unlock(phrase('wrong'))).rejects.toMatchObject({ code: 'untrusted' })
  await expect(again.lock.api.unlock(key(1))).rejects.toMatchObject({ code: 'untrusted' })
  expect(await view(again)).toMatchObject({ state: 'locked' })
  await again.lock.api.unlock(phrase('correct horse'))
  expect(await view(again)).toMatchObject({ state: 'open' })
  expect(await settings(again)).toBe('mine')
  expect(await getRecord(again.dbs[0]!, 'later')).toBe(1)
})

test('the secret that lay open is gone once there is a passphrase, and opens nothing that is left', async () => {
  const disk = new IDBFactory()
  const first = await start(disk)
  await setRecord(first.dbs[0]!, 'settings', 'mine')
  const before = await first.disk.readOpen<{ ring: { device: Uint8Array } }>('lock')
  await first.lock.api.setPassphrase('correct horse')
  const after = await first.disk.readOpen<Record<string, unknown>>('lock')
  expect(JSON.stringify(after)).not.toContain('device')
  expect(after).not.toHaveProperty('previous')
  const ids = (await first.disk.dexie.table('rows').toCollection().primaryKeys()) as string[]
  expect(ids.every((id) => id.startsWith('b'))).toBe(true)
  await stop(first)
  // whoever kept the old record
  const other = await openDisk({ indexedDB: disk, IDBKeyRange })
  await other.writeOpen({ lock: before })
  other.close()
  await expect(start(disk)).rejects.toMatchObject({ cause: { code: 'untrusted' } })
})

test('a change of keys that died half-way is finished at the next start', async () => {
  const disk = new IDBFactory()
  const first = await start(disk)
  for (let id = 0; id < 30; id++) await setRecord(first.dbs[0]!, `record ${id}`, id)
  await setRecord(first.dbs[0]!, 'settings', 'mine')
  const changing = first.lock.api.setPassphrase('correct horse')
  while ((await first.disk.readOpen<{ previous?: unknown }>('lock'))?.previous === undefined) await settle()
  first.dbs[0]!.close()
  await expect(changing).rejects.toMatchObject({ code: 'not-ready' })
  await stop(first)

  const again = await start(disk)
  expect(await view(again)).toMatchObject({ state: 'locked' })
  await again.lock.api.unlock(phrase('correct horse'))
  expect(await settings(again)).toBe('mine')
  expect(await getRecord(again.dbs[0]!, 'record 29')).toBe(29)
  expect(await again.disk.readOpen('lock')).not.toHaveProperty('previous')
})

test('passphrase and passkeys each open; changing or removing needs one that opens now', async () => {
  const started = await start()
  const { api } = started.lock
  await api.setPassphrase('first')
  await expect(api.setPassphrase('second')).rejects.toMatchObject({ code: 'untrusted' })
  await expect(api.setPassphrase('second', phrase('wrong'))).rejects.toMatchObject({ code: 'untrusted' })
  await api.setPassphrase('second', phrase('first'))
  await api.addPasskey(key(1), phrase('second'))
  await api.addPasskey(key(2), key(1))
  expect((await view(started)).passkeys.map(({ credential }) => credential[0])).toEqual([1, 2])
  for (const how of [phrase('second'), key(1), key(2)]) {
    await api.lock()
    await api.unlock(how)
  }
  await api.lock()
  await expect(api.unlock(phrase('first'))).rejects.toMatchObject({ code: 'untrusted' })
  await api.unlock(key(2))
  await api.removePasskey(Uint8Array.of(1), phrase('second'))
  await api.setPassphrase(null, key(2))
  expect(await view(started)).toMatchObject({ passphrase: false, passkeys: [{ credential: Uint8Array.of(2) }] })
  // the last one: from here it opens by itself
  await api.removePasskey(Uint8Array.of(2), key(2))
  expect(await view(started)).toEqual({ state: 'open', passphrase: false, passkeys: [] })
  await expect(api.lock()).rejects.toMatchObject({ code: 'conflict' })
})

test('locked: memory is empty, calls are not ready, feeds wait and go on after unlocking', async () => {
  const started = await start()
  const api = createServedApi(started.lock)
  await api.setPassphrase('correct horse')
  await api.setSettings({ theme: 'dark' })
  const feed = api.watchSettings()[Symbol.asyncIterator]()
  const accounts = api.watchAccount
  expect(accounts).toBeDefined()
  expect((await feed.next()).value).toEqual({ theme: 'dark' })
  await api.lock()
  const [db] = started.dbs
  expect(db!.memory.records.size).toBe(0)
  await expect(db!.tables.records.get('settings')).resolves.toBeUndefined()
  await expect(setRecord(db!, 'a', 1)).rejects.toMatchObject({ code: 'not-ready' })
  await expect(api.setSettings({ theme: 'light' })).rejects.toMatchObject({ code: 'not-ready' })
  let came = false
  const next = feed.next().then((result) => {
    came = true
    return result
  })
  await settle()
  expect(came).toBe(false)
  await api.unlock(phrase('correct horse'))
  expect((await next).value).toEqual({ theme: 'dark' })
  await feed.return?.()
})

test('it locks by itself when no page was in sight for so many minutes', async () => {
  const started = await start()
  const { lock, clock } = started
  await lock.api.setPassphrase('correct horse')
  await lock.api.setLockTimeout(5)
  expect(await view(started)).toMatchObject({ timeoutMinutes: 5 })
  lock.setInSight(0)
  await clock.advance(4 * 60_000)
  lock.setInSight(1)
  await clock.advance(20 * 60_000)
  expect(await view(started)).toMatchObject({ state: 'open' })
  lock.setInSight(0)
  await clock.advance(5 * 60_000)
  await settle()
  expect(await view(started)).toMatchObject({ state: 'locked' })
  await lock.api.unlock(phrase('correct horse'))
  await lock.api.setLockTimeout(null)
  expect(await view(started)).not.toHaveProperty('timeoutMinutes')
})

test('a damaged disk is not taken for a wrong passphrase', async () => {
  const disk = new IDBFactory()
  const started = await start(disk)
  await setRecord(started.dbs[0]!, 'settings', 'mine')
  await started.lock.api.setPassphrase('correct horse')
  await started.lock.api.lock()
  const rows = started.disk.dexie.table<Uint8Array, string>('rows')
  const [id] = await rows.toCollection().primaryKeys()
  const sealed = (await rows.get(id!))!
  sealed[40]! ^= 1
  await rows.put(sealed, id)
  await expect(started.lock.api.unlock(phrase('correct horse'))).rejects.toMatchObject({ code: 'internal' })
  expect(await view(started)).toMatchObject({ state: 'locked' })
})

test('wiping works while it is locked, and leaves no database', async () => {
  const disk = new IDBFactory()
  const started = await start(disk)
  await started.lock.api.setPassphrase('correct horse')
  await started.lock.api.lock()
  await started.lock.api.wipe()
  expect(started.wiped()).toBe(true)
  expect(await disk.databases()).toEqual([])
})
