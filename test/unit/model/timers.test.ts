import { expect, test } from 'vitest'
import { endOf, secondsFor, sortTimers, spansOf } from '../../../src/model/timers.ts'

const timers = sortTimers([
  { order: 'm', seconds: 0 },
  { order: 'd', seconds: 60 },
  { order: 'm', seconds: 0 },
  { order: 't', seconds: 5 }
])

test('the last timer before a message decides for it', () => {
  expect(['a', 'd', 'da', 'l', 'm', 'n', 't', 'u'].map((order) => secondsFor(timers, order))).toEqual([
    0, 0, 60, 60, 60, 0, 0, 5
  ])
  expect(secondsFor([], 'a')).toBe(0)
})

test('it counts from the time that is shown, and an arrival before the claim counts', () => {
  expect(endOf(timers, { order: 'e', time: 1000, arrivedAt: 5000 })).toBe(61_000)
  expect(endOf(timers, { order: 'e', time: 9000, arrivedAt: 5000 })).toBe(65_000)
  expect(endOf(timers, { order: 'n', time: 9000, arrivedAt: 5000 })).toBeUndefined()
})

test('stretches in which messages disappear', () => {
  expect(spansOf(timers)).toEqual([
    { from: 'd', to: 'm' },
    { from: 't', to: undefined }
  ])
})
