import { expect, test } from 'vitest'
import { createBodies } from '../../../../src/messenger/sync/bodies.ts'
import { createCredits } from '../../../../src/messenger/ask/answerers.ts'
import type { DeviceId, Did } from '../../../../src/model/ids.ts'

const [a, b, c] = ['did:a', 'did:b', 'did:c'] as unknown as [Did, Did, Did]

test('a missing body is asked of those who were not asked, three at most', () => {
  const bodies = createBodies()
  bodies.note(['x', 'y'], a)
  expect(bodies.wanted(a)).toEqual([])
  expect(bodies.wanted(b)).toEqual(['x', 'y'])
  bodies.settle(['y'])
  bodies.note(['x'], b)
  bodies.note(['x'], b)
  expect(bodies.wanted(c)).toEqual(['x'])
  bodies.note(['x'], c)
  expect(bodies.wanted('did:d' as Did)).toEqual([])
})

test('somebody who keeps back very much does not fill our memory', () => {
  const bodies = createBodies()
  bodies.note(
    Array.from({ length: 5000 }, (_, index) => `event ${index}`),
    a
  )
  expect(bodies.wanted(b).length).toBe(512)
})

test('credit comes back with time, and a clock that is set back gives none', () => {
  const credits = createCredits()
  const device = 'device' as DeviceId
  let taken = 0
  while (credits.take(device, 2, 1000)) taken++
  expect(taken).toBe(120)
  expect(credits.take(device, 2, 0)).toBe(false)
  expect(credits.take(device, 2, 2000)).toBe(true)
  expect(credits.take(device, 2, 2000)).toBe(false)
  expect(credits.take('another' as DeviceId, 2, 2000)).toBe(true)
})
