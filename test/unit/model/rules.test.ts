/** Small rules of the model: time, text, search, delivery, colour. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { hueOf } from '../../../src/model/avatar.ts'
import { advance, DELIVERY_STATES, mayFollow } from '../../../src/model/delivery.ts'
import { compareStamps, isLate, MAX_AHEAD_MS, nextStamp, shownTime } from '../../../src/model/hybrid-time.ts'
import { findWords, wordsOf } from '../../../src/model/search.ts'
import { shorten } from '../../../src/model/text.ts'

const DAY = 24 * 3600 * 1000

test('a new event is later than our last one and than every head that can be believed', () => {
  const stamp = fc.record({ time: fc.integer({ min: 0, max: 2000 }), tick: fc.nat(0xffff) })
  fc.assert(
    fc.property(fc.nat(2000), fc.option(stamp, { nil: undefined }), fc.array(stamp), (now, ownLast, heads) => {
      const next = nextStamp({ now, ownLast, heads })
      if (ownLast !== undefined) expect(compareStamps(next, ownLast)).toBeGreaterThan(0)
      for (const head of heads) expect(compareStamps(next, head)).toBeGreaterThan(0)
      expect(next.time).toBeGreaterThanOrEqual(now)
    }),
    { seed: 2611 }
  )
})

test('LG3 a time more than ten minutes ahead is not adopted', () => {
  const liar = { time: 1000 + MAX_AHEAD_MS + 1, tick: 0 }
  expect(nextStamp({ now: 1000, ownLast: undefined, heads: [liar] })).toEqual({ time: 1000, tick: 0 })
  const fast = { time: 1000 + MAX_AHEAD_MS, tick: 0 }
  expect(nextStamp({ now: 1000, ownLast: undefined, heads: [fast] })).toEqual({ time: fast.time, tick: 1 })
  expect(nextStamp({ now: 1000, ownLast: { time: 1000, tick: 0xffff }, heads: [] })).toEqual({ time: 1001, tick: 0 })
})

test('LG3 what is shown is never from the future, and what comes a day late is marked', () => {
  expect(shownTime(5000, 1000)).toBe(1000)
  expect(shownTime(1000, 5000)).toBe(1000)
  expect(isLate(0, DAY)).toBe(false)
  expect(isLate(0, DAY + 1)).toBe(true)
})

test('delivery never goes back, whatever order news arrives in', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...DELIVERY_STATES)), (news) => {
      let state = news[0] ?? 'queued'
      for (const next of news) {
        const after = advance(state, next)
        expect(after === state || mayFollow(state, after)).toBe(true)
        state = after
      }
    }),
    { seed: 2611 }
  )
  expect(advance('read', 'delivered')).toBe('read')
  expect(advance('failed', 'delivered')).toBe('delivered')
})

test('every word must occur; marks point into the excerpt', () => {
  const text = `${'word '.repeat(60)}Ärger mit İstanbul und ﬁsch ${'word '.repeat(60)}`
  const match = findWords(text, wordsOf('ärger FISCH'))
  expect(match?.marks.map(([start, end]) => match.excerpt.slice(start, end))).toEqual(['Ärger', 'ﬁsch'])
  expect(findWords(text, wordsOf('ärger hund'))).toBeUndefined()
  expect(findWords(text, [])).toBeUndefined()
})

test('excerpts and shortened texts never cut a character in half', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 }),
      fc.integer({ min: 2, max: 50 }),
      (text, max) => {
        expect(shorten(text, max).isWellFormed()).toBe(true)
        expect(shorten(text, max).length).toBeLessThanOrEqual(Math.max(max, text.length <= max ? text.length : 0))
        const [word = ''] = wordsOf(text)
        const match = findWords(text, word === '' ? [] : [word])
        if (match !== undefined) {
          expect(match.excerpt.isWellFormed()).toBe(true)
          for (const [start, end] of match.marks)
            expect(start >= 0 && end <= match.excerpt.length && start < end).toBe(true)
        }
      }
    ),
    { seed: 2611, numRuns: 300 }
  )
})

test('a colour follows from the identity', () => {
  expect(hueOf('did:key:z6Mk1')).toBe(hueOf('did:key:z6Mk1'))
  expect(new Set(['a', 'b', 'c', 'd'].map(hueOf)).size).toBeGreaterThan(2)
})
