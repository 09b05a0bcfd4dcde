// @vitest-environment jsdom
import { signal } from '@preact/signals'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { MessageId } from '../../../../src/model/ids.ts'
import type { Timeline, TimelineWindow } from '../../../../src/model/views.ts'
import { createChatSession, savePosition } from '../../../../src/ui/chat/session.ts'
import type { ChatSession } from '../../../../src/ui/chat/session.ts'
import { createTimelineControl } from '../../../../src/ui/chat/timeline-control.ts'
import type { TimelineControl } from '../../../../src/ui/chat/timeline-control.ts'
import { toast } from '../../../../src/ui/kit/toasts.ts'
import { CHAT, id, message, timeline } from './sample.ts'

const ROW_PX = 50
const SCREEN_PX = 500
let stop: (() => void) | undefined
let watched = true

beforeEach(() => {
  watched = true
  document.hasFocus = () => watched
})
afterEach(() => {
  stop?.()
  savePosition(CHAT, undefined)
})

interface Setup {
  readonly session: ChatSession
  readonly control: TimelineControl
  readonly asked: TimelineWindow[]
  readonly read: MessageId[]
  /** Brings a snapshot and draws it: rows of one height, scrolled to `top`. */
  readonly draw: (snapshot: Timeline, top?: number) => void
}

const setup = (at?: MessageId): Setup => {
  const session = createChatSession(CHAT)
  const shown = signal<Timeline | undefined>(undefined)
  const coming = signal(true)
  const asked: TimelineWindow[] = []
  const read: MessageId[] = []
  const control = createTimelineControl({
    session,
    at,
    moving: {
      timeline: shown,
      coming,
      wanted: () => asked.at(-1) ?? { around: 'unread', before: 0, after: 0 },
      show: (window) => {
        asked.push(window)
        coming.value = true
      },
      stop: () => undefined
    },
    markRead: async (upTo) => void read.push(upTo)
  })
  stop = control.start()
  const draw = (snapshot: Timeline, top = 0): void => {
    coming.value = false
    shown.value = snapshot
    session.shown = snapshot.messages
    control.willDraw(snapshot)
    control.moved(list(snapshot, control.divider.peek()?.id, top), true)
  }
  return { session, control, asked, read, draw }
}

const list = (snapshot: Timeline, divider: MessageId | undefined, top: number): HTMLElement => {
  const scroller = document.createElement('div')
  const height = snapshot.messages.length * ROW_PX
  Object.defineProperties(scroller, {
    clientHeight: { value: SCREEN_PX },
    scrollHeight: { value: height },
    scrollTop: { value: Math.min(top, height - SCREEN_PX), writable: true }
  })
  const at = (from: number): DOMRect => new DOMRect(0, from, 100, from === 0 ? SCREEN_PX : ROW_PX)
  scroller.getBoundingClientRect = () => at(0)
  snapshot.messages.forEach((one, index) => {
    if (one.id === divider) {
      const line = document.createElement('div')
      line.dataset['id'] = 'unread-divider'
      line.getBoundingClientRect = () => new DOMRect(0, index * ROW_PX - scroller.scrollTop, 100, 0)
      scroller.append(line)
    }
    const row = document.createElement('article')
    row.className = 'message'
    row.dataset['message'] = one.id
    row.getBoundingClientRect = () => new DOMRect(0, index * ROW_PX - scroller.scrollTop, 100, ROW_PX)
    scroller.append(row)
  })
  return scroller
}

const many = (count: number, change: Partial<Timeline> = {}): Timeline =>
  timeline(
    Array.from({ length: count }, (_, index) => message(index)),
    change
  )

test('nothing is drawn before it is known where to stand', () => {
  const { control, draw } = setup()
  expect(control.ready.value).toBe(false)
  draw(many(20))
  expect(control.ready.value).toBe(true)
})

test('a chat opens at its first unread message, under a divider that says how many there are', () => {
  const { control, draw } = setup()
  draw(many(60, { firstUnread: id(40), unread: 20 }))
  expect(control.divider.value).toEqual({ id: id(40), count: 20 })
})

test('a chat that was left in its middle opens there, even when that is not in the first window', () => {
  savePosition(CHAT, { id: id('far away'), top: -12 })
  const { control, asked, draw } = setup()
  draw(many(20))
  expect(asked[0]?.around).toBe(id('far away'))
  expect(control.ready.value).toBe(false)
  draw(timeline([message('far away'), ...many(30).messages], { atEnd: false }))
  expect(control.ready.value).toBe(true)
})

test('the end of a chat is asked for when its first window does not reach it', () => {
  const { asked, draw } = setup()
  draw(many(200, { atEnd: false, total: 5000 }))
  expect(asked[0]?.around).toBe('end')
})

test('a jump to a message that is gone says so, and asks only once', () => {
  const { session, asked, draw } = setup()
  draw(many(20))
  session.target.value = { kind: 'message', id: id('gone'), flash: true }
  expect(asked.map(({ around }) => around)).toEqual([id('gone')])
  draw(many(20))
  expect(asked).toHaveLength(1)
  expect(toast.value?.text).toBe('That message is no longer here.')
})

test('a jump to a loaded message asks for nothing and flashes it', () => {
  vi.useFakeTimers()
  const { session, asked, draw } = setup()
  draw(many(60))
  session.target.value = { kind: 'message', id: id(5), flash: true }
  expect(asked).toEqual([])
  expect(session.flashed.value).toBe(id(5))
  vi.runAllTimers()
  expect(session.flashed.value).toBeUndefined()
  vi.useRealTimers()
})

test('a message is told as read when it is really seen: on the screen of a focused page, once', () => {
  const { read, draw } = setup()
  watched = false
  draw(many(10, { unread: 3 }))
  expect(read).toEqual([])
  watched = true
  window.dispatchEvent(new Event('focus'))
  expect(read).toEqual([id(9)])
  draw(many(10, { unread: 3 }))
  expect(read).toEqual([id(9)])
})

test('what lies below the screen is not told as read', () => {
  const { read, draw } = setup()
  draw(many(60, { firstUnread: id(2), unread: 58 }))
  expect(read).toHaveLength(1)
  expect(Number(read[0]?.slice(1))).toBeLessThan(20)
})

test('what comes while nobody looks gets a divider of its own, and counts up', () => {
  const { control, draw } = setup()
  draw(many(10))
  watched = false
  draw(many(11))
  draw(many(13))
  expect(control.divider.value).toEqual({ id: id(10), count: 3 })
  expect(control.unwatched.value).toBe(id(10))
  expect(control.news.value.map((one) => one.text)).toEqual(['Bob: text 10', 'Bob: text 11', 'Bob: text 12'])
  watched = true
  window.dispatchEvent(new Event('focus'))
  expect(control.unwatched.value).toBeUndefined()
  expect(control.divider.value?.id).toBe(id(10))
})

test('answering takes the divider away', () => {
  const { session, control, draw } = setup()
  draw(many(60, { firstUnread: id(40), unread: 20 }))
  session.pending.value = [{ key: 'k', text: 'yes', at: 0, before: new Set() }]
  expect(control.divider.value).toBeUndefined()
})

test('older messages that are loaded while reading history are no news', () => {
  const { control, draw } = setup()
  draw(many(60, { offset: 100, total: 160, atStart: false }))
  draw(many(160, { total: 160 }))
  expect(control.news.value).toEqual([])
})

test('a window that grew while a chat stayed open is asked for again at its first size', () => {
  const { asked, draw } = setup()
  draw(many(300, { atStart: false, offset: 700, total: 1000 }), 1e9)
  expect(asked).toEqual([])
  draw(many(450, { atStart: false, offset: 700, total: 1150 }), 1e9)
  expect(asked.at(-1)?.around).toBe('end')
})
