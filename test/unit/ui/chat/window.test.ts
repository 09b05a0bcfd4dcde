import { expect, test } from 'vitest'
import type { Timeline } from '../../../../src/model/views.ts'
import { MARGIN, MAX_ROWS, openWindow, slide, SPAN } from '../../../../src/ui/chat/window.ts'
import { id, message, timeline } from './sample.ts'

const some = (count: number, change: Partial<Timeline>): Timeline =>
  timeline(
    Array.from({ length: count }, (_, index) => message(index)),
    change
  )

test('a short chat is loaded whole, and its window never moves', () => {
  expect(slide(some(20, {}), { first: 0, last: 19 })).toBeUndefined()
})

test('near the upper edge the window slides up, around what is looked at', () => {
  const loaded = some(200, { atStart: false })
  expect(slide(loaded, { first: MARGIN - 1, last: MARGIN + 9 })).toEqual({
    around: id(MARGIN - 1),
    before: SPAN,
    after: SPAN + 10
  })
})

test('near the lower edge it slides down, and at the very end it stays', () => {
  const visible = { first: 150, last: 160 }
  expect(slide(some(200, { atEnd: false }), visible)).toEqual({ around: id(160), before: SPAN + 10, after: SPAN })
  expect(slide(some(200, { atEnd: true }), visible)).toBeUndefined()
})

test('in the middle nothing is asked for', () => {
  expect(slide(some(200, { atEnd: false, atStart: false }), { first: 90, last: 100 })).toBeUndefined()
})

test('what a window asks for at first is enough not to slide at once', () => {
  for (const around of ['end', 'unread', id(1)] as const) expect(openWindow(around).before).toBeGreaterThan(MARGIN)
})

test('a window never grows with the chat: at most what is seen and a span on either side', () => {
  const next = slide(some(500, { atStart: false, atEnd: false }), { first: 3, last: 23 })
  expect((next?.before ?? 0) + (next?.after ?? 0)).toBe(2 * SPAN + 20)
})

test('a window that the node let grow is asked for anew: at the end, or around what is looked at', () => {
  const grown = some(MAX_ROWS + 1, {})
  expect(slide(grown, { first: MAX_ROWS - 10, last: MAX_ROWS })).toEqual(openWindow('end'))
  expect(slide(grown, { first: 200, last: 210 })?.around).toBe(id(200))
})
