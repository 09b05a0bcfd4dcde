import { expect, test } from 'vitest'
import { createHealth, createWellKnown } from '../../../relay/health.ts'
import type { State } from '../../../relay/health.ts'

test('health is 200 only while the relay is ready, and says the same things always', () => {
  let state: State = 'starting'
  const health = createHealth({
    state: () => state,
    build: 'abc',
    startedAt: 1_000,
    now: () => 66_500,
    peerId: 'peer',
    host: () => undefined,
    usage: () => ({ blobs: 2, bytes: 30 })
  })
  const said = { build: 'abc', peerId: 'peer', uptimeS: 65, reservations: 0, storage: { blobs: 2, bytes: 30 } }
  expect([health().status, JSON.parse(String(health().body))]).toEqual([503, { ok: false, ...said }])
  state = 'ready'
  expect([health().status, JSON.parse(String(health().body))]).toEqual([200, { ok: true, ...said }])
  state = 'stopping'
  expect(health().status).toBe(503)
})

test('a relay that is not ready tells nobody to use it', async () => {
  const wellKnown = createWellKnown({
    state: () => 'starting',
    addresses: () => undefined,
    host: () => undefined,
    peerId: 'peer',
    operator: ''
  })
  expect((await wellKnown()).status).toBe(503)
})
