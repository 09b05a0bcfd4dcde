import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, expect, test, vi } from 'vitest'
import { AppError } from '../../../src/base/errors.ts'
import { createLogBook, silentLog } from '../../../src/base/log.ts'
import { makeReport } from '../../../src/node/debug.ts'
import { errorToFailure } from '../../../src/node/failure.ts'
import { askOrigin, learnLinkBase } from '../../../src/node/well-known.ts'
import type { P2p } from '../../../src/p2p/host.ts'
import { type Db, openDatabase } from '../../../src/store/database.ts'
import { createManualClock } from '../bridge/manual-clock.ts'
import { testVault } from '../../vault.ts'

const openDb = async (): Promise<Db> =>
  openDatabase({ indexedDB: new IDBFactory(), IDBKeyRange, vaults: [await testVault()] })
const origin = 'https://app.example'

afterEach(() => vi.unstubAllGlobals())

test('links name the public address of the origin, and go on doing so offline', async () => {
  const db = await openDb()
  expect(await learnLinkBase(db, { publicUrl: 'https://chat.example' }, origin)).toBe('https://chat.example')
  expect(await learnLinkBase(db, undefined, origin)).toBe('https://chat.example')
})

test.each([
  ['a loopback address', { publicUrl: 'http://127.0.0.1:8080' }],
  ['a name of this machine', { publicUrl: 'http://localhost:8080' }],
  ['no address', {}],
  ['another scheme', { publicUrl: 'javascript:alert(1)' }],
  ['nonsense', { publicUrl: 7 }],
  ['no object', 'x']
])('links name the origin itself when the file names %s', async (_, said) => {
  expect(await learnLinkBase(await openDb(), said, origin)).toBe(origin)
})

test('an origin that does not answer does not hold up the start', async () => {
  const clock = createManualClock()
  vi.stubGlobal(
    'fetch',
    (_: URL, { signal }: { signal: AbortSignal }) =>
      new Promise((__, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
  )
  const asking = askOrigin(origin, { clock, log: silentLog })
  await clock.advance(2_000)
  expect(await asking).toBeUndefined()
})

test.each([
  [new AppError('needs-newer', 'x'), 'newer-database'],
  [Object.assign(new Error('x'), { name: 'VersionError' }), 'newer-database'],
  [new AppError('quota', 'x'), 'storage-full'],
  [Object.assign(new Error('x'), { inner: { name: 'QuotaExceededError' } }), 'storage-full'],
  [Object.assign(new Error('x'), { name: 'OpenFailedError', inner: { name: 'InvalidStateError' } }), 'storage-denied'],
  [
    new AppError('not-ready', 'x', { cause: Object.assign(new Error('y'), { name: 'SecurityError' }) }),
    'storage-denied'
  ],
  [new Error('x'), 'other'],
  ['x', 'other']
])('%s is told as %s', (error, reason) => {
  expect(errorToFailure(error).reason).toBe(reason)
})

test('a report names no person, no address and no text', async () => {
  const clock = createManualClock()
  const log = createLogBook({ now: clock.now })
  log.info('p2p.connected', { device: '12D3KooWSecretPeer', path: 'direct', tookMs: 12 })
  log.warn('node.odd', { message: 'alice@example.org said hello', code: 'timeout', state: '203.0.113.9' })
  const p2p = {
    network: () => ({
      state: 'direct',
      online: true,
      canBeDirect: true,
      addresses: ['/ip4/203.0.113.9/tcp/1/ws/p2p/12D3KooWSecretPeer'],
      refused: { malformed: 2 },
      peers: [{ device: '12D3KooWSecretPeer', path: 'direct' }],
      relays: [
        {
          peer: '12D3KooWRelay',
          addresses: ['/dns4/relay.example'],
          state: 'connected',
          reserved: true,
          source: 'origin'
        }
      ]
    })
  } as unknown as P2p
  const report = await makeReport({
    db: await openDb(),
    p2p,
    clock,
    log,
    build: 'b',
    worker: 'shared',
    startedAt: clock.now(),
    pages: () => 1
  })
  expect(report).not.toMatch(/Secret|Relay|relay\.example|203\.0|alice|hello/)
  expect(report).toMatch(/p2p\.connected/)
  expect(JSON.parse(report)).toMatchObject({ counts: { 'refused malformed': 2 }, network: { direct: 1 } })
})
