import { expect, test } from 'vitest'
import { addressGroup, createConnectionBook, createRateLimit } from '../../../relay/limits.ts'
import type { Clock } from '../../../src/base/clock.ts'

const setupClock = (): Clock & { advance(ms: number): void } => {
  let now = 1_800_000_000_000
  return { now: () => now, sleep: () => Promise.reject(new Error('nothing sleeps here')), advance: (ms) => (now += ms) }
}

test('a rate limit gives a burst, then so much a second, each key its own', () => {
  const clock = setupClock()
  const rate = createRateLimit({ clock, burst: 3, perSecond: 2 })
  expect([1, 2, 3, 4].map(() => rate.take('a'))).toEqual([true, true, true, false])
  expect(rate.take('b')).toBe(true)
  clock.advance(500)
  expect([rate.take('a'), rate.take('a')]).toEqual([true, false])
  clock.advance(60_000)
  expect(rate.take('a', 4)).toBe(false)
  expect(rate.take('a', 3)).toBe(true)
})

test('a clock that goes back takes nothing away and gives nothing', () => {
  const clock = setupClock()
  const rate = createRateLimit({ clock, burst: 2, perSecond: 1 })
  rate.take('a')
  clock.advance(-10_000)
  expect([rate.take('a'), rate.take('a')]).toEqual([true, false])
})

test('a rate limit remembers so many strangers and no more, and forgets those who are quiet', () => {
  const clock = setupClock()
  const rate = createRateLimit({ clock, burst: 1, perSecond: 1, maxKeys: 3 })
  expect(['a', 'b', 'c', 'd'].map((key) => rate.take(key))).toEqual([true, true, true, false])
  clock.advance(1_000)
  expect(rate.take('d')).toBe(true)
})

test('addresses are grouped as customers are: one IPv4, one IPv6 /64', () => {
  expect(addressGroup('203.0.113.7')).toBe('203.0.113.7')
  expect(addressGroup('::ffff:203.0.113.7')).toBe('203.0.113.7')
  expect(addressGroup('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2')
  expect(addressGroup('2001:DB8:0001:2::9')).toBe('2001:db8:1:2')
  expect(addressGroup('2001:db8::1')).toBe('2001:db8:0:0')
  expect(addressGroup('::1')).toBe('0:0:0:0')
  expect(addressGroup('fe80::1%eth0')).toBe('fe80:0:0:0')
})

test('connections are limited in all, from one address, and in how fast they come', () => {
  const clock = setupClock()
  const book = createConnectionBook({ clock, max: 4, maxPerAddress: 2 })
  const [a, b] = [book.open('10.0.0.1'), book.open('10.0.0.1')]
  expect(book.open('10.0.0.1')).toEqual({ refused: 'connections-per-address' })
  expect([book.open('10.0.0.2'), book.open('10.0.0.3')].every((entry) => 'close' in entry)).toBe(true)
  expect(book.open('10.0.0.4')).toEqual({ refused: 'connections' })
  if ('close' in a && 'close' in b) {
    a.close()
    a.close()
    expect(book.size()).toBe(3)
    b.close()
  }
  const outcomes = Array.from({ length: 10 }, () => {
    const entry = book.open('10.0.0.1')
    if ('refused' in entry) return entry.refused
    entry.close()
    return 'ok'
  })
  expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(2)
  expect(outcomes.at(-1)).toBe('connection-rate')
})
