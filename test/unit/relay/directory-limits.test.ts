/** One address can neither ask without end nor fill the disk; others do not notice. */
import type { Connection } from '@libp2p/interface'
import { expect, test } from 'vitest'
import { createDirectoryLimits } from '../../../relay/directory-limits.ts'
import { createSimClock } from '../../sim/clock.ts'

const from = (address: string): Connection =>
  ({ remoteAddr: { toString: () => `/ip4/${address}/tcp/4001` } }) as unknown as Connection
const PUT_BYTES = 64 * 1024
const DAY_S = 24 * 3600

test('what one address leaves behind is limited by bytes, a day long', () => {
  const clock = createSimClock()
  const allow = createDirectoryLimits(clock)
  let taken = 0
  for (let second = 0; second < DAY_S; second += 5) {
    if (allow('publish', from('198.51.100.1'), PUT_BYTES)) taken += PUT_BYTES
    clock.advance(5_000)
  }
  expect(taken / 2 ** 20).toBeLessThan(16 + 64 + 1)
  expect(taken / 2 ** 20).toBeGreaterThan(70)
})

test('its neighbours put and it still reads', () => {
  const allow = createDirectoryLimits(createSimClock())
  while (allow('putCard', from('198.51.100.1'), PUT_BYTES)) {
    // until it may not
  }
  expect(allow('heads', from('198.51.100.1'), 100)).toBe(true)
  expect(allow('putCard', from('198.51.100.2'), PUT_BYTES)).toBe(true)
})
