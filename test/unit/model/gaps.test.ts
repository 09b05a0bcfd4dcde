import { expect, test } from 'vitest'
import { findGaps, type Link, waitBeforeCommit } from '../../../src/model/gaps.ts'
import type { DeviceId } from '../../../src/model/ids.ts'

const a = 'a' as DeviceId
const link = (counter: number, ...parents: readonly string[]): Link => ({
  id: `a${counter}`,
  device: a,
  counter,
  parents
})
const find = (
  links: readonly Link[],
  options: Partial<Parameters<typeof findGaps>[1]> = {}
): ReturnType<typeof findGaps> => findGaps(links, { floors: new Map(), refused: new Set(), ...options })

test('RO2 siblings at once, admins by rank, the others after a minute, and nobody later than these', () => {
  expect(waitBeforeCommit({ isSibling: true })).toBe(0)
  expect([0, 1, 2, 30].map((adminRank) => waitBeforeCommit({ isSibling: false, adminRank }))).toEqual([
    0, 5_000, 10_000, 60_000
  ])
  expect(waitBeforeCommit({ isSibling: false })).toBe(60_000)
})

test('LG7 missing counters and heads are gaps', () => {
  expect(find([link(5, 'a4', 'b1'), link(2, 'a1')])).toEqual({
    heads: ['a1', 'a4', 'b1'],
    counters: [
      { device: a, from: 1, to: 1 },
      { device: a, from: 3, to: 4 }
    ],
    isCut: false
  })
})

test('LG7 a whole log has no gaps, however it is told', () => {
  const links = [link(3, 'a2'), link(1), link(2, 'a1'), link(1)]
  expect(find(links)).toEqual({ heads: [], counters: [], isCut: false })
})

test('LG7 what lies below the floor, or is refused, is none', () => {
  expect(find([link(5, 'a4'), link(6, 'a5', 'b1')], { floors: new Map([[a, 5]]), refused: new Set(['b1']) })).toEqual({
    heads: [],
    counters: [],
    isCut: false
  })
})

test('LG7 a round asks for a bounded number of things', () => {
  const gaps = find([link(2, 'w', 'x', 'y'), link(4), link(6)], { max: 2 })
  expect([gaps.heads.length, gaps.counters.length, gaps.isCut]).toEqual([2, 2, true])
})
