/**
 * Decides where the conversation's list stands and which window of it is asked for: at opening, on a jump, while
 * scrolling, and when something new comes. Draws nothing itself.
 */
import { effect, signal } from '@preact/signals'
import type { ReadonlySignal, Signal } from '@preact/signals'
import type { MessageId } from '../../model/ids.ts'
import type { MessageView, Timeline } from '../../model/views.ts'
import { systemText } from '../chats/system-text.ts'
import { t } from '../i18n/i18n.ts'
import { showToast } from '../kit/toasts.ts'
import type { MovingTimeline } from '../state/timeline-window.ts'
import { firstBelow, isAtEnd, takeAnchor } from './anchor.ts'
import { place } from './place.ts'
import type { Placement } from './place.ts'
import { elementOf, messagesIn } from './ScrollKeeper.tsx'
import { savePosition, savedPosition } from './session.ts'
import type { ChatSession, Target } from './session.ts'
import { indexOf, MAX_ROWS, openWindow, sameWindow, slide } from './window.ts'

/** As long as the flash in chat.css. */
const FLASH_MS = 1600
/** Announced messages stay long enough to be read out, and no longer. */
const MAX_NEWS = 5

interface Divider {
  readonly id: MessageId
  readonly count: number
}

interface News {
  readonly id: MessageId
  readonly text: string
}

export interface TimelineControl {
  /** The list has a place to stand; before, nothing is drawn. */
  readonly ready: ReadonlySignal<boolean>
  readonly divider: ReadonlySignal<Divider | undefined>
  /** Far enough from the end that a way back is offered. */
  readonly away: ReadonlySignal<boolean>
  readonly news: ReadonlySignal<readonly News[]>
  /** The first message that came while nobody was looking. */
  readonly unwatched: ReadonlySignal<MessageId | undefined>
  /** The message that Tab reaches. */
  readonly current: Signal<MessageId | undefined>
  /** The timeline that was drawn last: positions in the document mean it, not a newer one. */
  drawn: Timeline | undefined
  /** Messages that came while the conversation was open: they appear with a movement. */
  readonly arrived: ReadonlySet<MessageId>
  /** Before drawing: which messages are new in it. */
  readonly willDraw: (timeline: Timeline) => void
  readonly moved: (scroller: HTMLElement, drawn: boolean) => void
  readonly toEnd: () => void
  start(): () => void
}

interface TimelineControlDeps {
  readonly session: ChatSession
  readonly moving: MovingTimeline
  readonly at: MessageId | undefined
  readonly markRead: (upTo: MessageId) => Promise<void>
}

/** What is on the screen is being looked at. */
const isWatched = (): boolean => document.visibilityState === 'visible' && document.hasFocus()

export const createTimelineControl = ({ session, moving, at, markRead }: TimelineControlDeps): TimelineControl => {
  const ready = signal(false)
  const divider = signal<Divider | undefined>(undefined)
  const away = signal(false)
  const news = signal<readonly News[]>([])
  const unwatched = signal<MessageId | undefined>(undefined)
  const arrived = new Set<MessageId>()
  let scroller: HTMLElement | undefined
  let placement: Placement | undefined
  let restoring = false
  let placed = false
  let knownTotal: number | undefined
  let readUpTo = -1
  let flashTimer: ReturnType<typeof setTimeout> | undefined

  /** The first snapshots: at a given message, else the first unread, else where it was left, else the end. */
  const openAt = (timeline: Timeline): void => {
    if (ready.peek()) return
    const saved = savedPosition(session.chat)
    if (at !== undefined) placement = { kind: 'message', id: at, flash: true }
    else if (timeline.firstUnread !== undefined) {
      divider.value = { id: timeline.firstUnread, count: timeline.unread }
      placement = { kind: 'divider' }
    } else if (saved === undefined) placement = { kind: 'end', smooth: false }
    else if (indexOf(timeline, saved.id as MessageId) !== -1) placement = { kind: 'anchor', anchor: saved }
    else if (!restoring) {
      restoring = true
      moving.show(openWindow(saved.id as MessageId))
      return
    } else placement = { kind: 'end', smooth: false }
    if (placement.kind === 'end' && !timeline.atEnd) moving.show(openWindow('end'))
    ready.value = true
  }

  const flash = (id: MessageId): void => {
    clearTimeout(flashTimer)
    session.flashed.value = id
    flashTimer = setTimeout(() => {
      session.flashed.value = undefined
    }, FLASH_MS)
  }

  const tryToPlace = (hasCome: boolean): void => {
    const { drawn } = control
    if (placement === undefined || scroller === undefined || drawn === undefined) return
    const target = placement
    if (place({ scroller, messages: session.shown, atStart: drawn.atStart, atEnd: drawn.atEnd }, target)) {
      placement = undefined
      placed = true
      if (target.kind === 'message' && target.flash) {
        flash(target.id)
        control.current.value = target.id
        // a jump made with the keyboard goes on with the keyboard
        if (scroller.contains(document.activeElement))
          (elementOf(scroller, target.id) as HTMLElement | null)?.focus({ preventScroll: true })
      }
    } else if (hasCome && !moving.coming.peek()) {
      placement = undefined
      if (target.kind === 'message') showToast({ text: t('chat.jumpGone') })
      if (!placed) goTo({ kind: 'end', smooth: false })
    }
  }

  const goTo = (target: Target): void => {
    placement = target
    tryToPlace(false)
    if (placement === undefined) return
    moving.show(openWindow(target.kind === 'end' ? 'end' : target.kind === 'date' ? { at: target.at } : target.id))
  }

  const noticeNew = (timeline: Timeline): void => {
    const before = knownTotal
    knownTotal = timeline.total
    if (before === undefined || timeline.total <= before) return
    const fresh = session.shown.filter((message, index) => !message.mine && timeline.offset + index >= before)
    if (fresh.length === 0) return
    news.value = [...news.peek(), ...fresh.map(toNews)].slice(-MAX_NEWS)
    if (isWatched()) return
    // came while nobody was looking: they begin where the reader will want to go on
    const known = divider.peek()
    const first = fresh[0]
    if (known !== undefined && unwatched.peek() === known.id)
      divider.value = { ...known, count: known.count + fresh.length }
    else if (first !== undefined) {
      unwatched.value = first.id
      divider.value = { id: first.id, count: fresh.length }
    }
  }

  const tellRead = (timeline: Timeline, seen: number): void => {
    // nobody wrote a system line, so nothing is told about it
    const message = timeline.messages.slice(0, seen + 1).findLast(({ system }) => system === undefined)
    if (timeline.unread === 0 || message === undefined || !isWatched()) return
    if (timeline.offset + seen <= readUpTo) return
    const before = readUpTo
    readUpTo = timeline.offset + seen
    markRead(message.id).catch(() => {
      // it stays unread, and the next movement tells it again
      readUpTo = before
    })
  }

  const look = (): void => {
    const timeline = control.drawn
    if (scroller === undefined || timeline === undefined || scroller.clientHeight === 0) return
    const items = messagesIn(scroller)
    const { top, bottom } = scroller.getBoundingClientRect()
    const end = timeline.messages.length - 1
    const first = Math.min(firstBelow(items, top), end)
    const cut = firstBelow(items, bottom + 8)
    const last = Math.min(cut, end)
    away.value = !timeline.atEnd || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight > 240
    if (placement === undefined) {
      savePosition(session.chat, timeline.atEnd && isAtEnd(scroller) ? undefined : takeAnchor(scroller, items))
      const next = slide(timeline, { first: Math.max(0, first), last: Math.max(0, last) })
      // the same again is asked only of a window that has grown: it comes back at its first size
      const isNew = next !== undefined && (!sameWindow(next, moving.wanted()) || timeline.messages.length > MAX_ROWS)
      if (isNew && !moving.coming.peek()) moving.show(next)
    }
    // a message higher than the screen counts once its beginning fills half of it
    const tall = (items[last]?.getBoundingClientRect().top ?? bottom) < bottom - scroller.clientHeight / 2
    tellRead(timeline, cut > last || tall ? last : last - 1)
  }

  /** The divider stays; what comes from now on is seen as it comes. */
  const seenAgain = (): void => {
    if (isWatched()) unwatched.value = undefined
    look()
  }

  const control: TimelineControl = {
    ready,
    divider,
    away,
    news,
    unwatched,
    current: signal<MessageId | undefined>(undefined),
    drawn: undefined,
    arrived,
    willDraw: (timeline) => {
      control.drawn = timeline
      // before the first drawing everything is old
      const from = knownTotal ?? timeline.total
      for (const message of timeline.messages.slice(Math.max(0, from - timeline.offset))) arrived.add(message.id)
    },
    moved: (element, drawn) => {
      scroller = element
      if (drawn) {
        tryToPlace(true)
        if (control.drawn !== undefined) noticeNew(control.drawn)
      }
      look()
    },
    toEnd: () => goTo({ kind: 'end', smooth: true }),
    start: () => {
      window.addEventListener('focus', seenAgain)
      document.addEventListener('visibilitychange', seenAgain)
      const stops = [
        effect(() => {
          if (moving.timeline.value !== undefined) openAt(moving.timeline.value)
        }),
        effect(() => {
          // who answers has read
          if (session.pending.value.length > 0) divider.value = undefined
        }),
        effect(() => {
          const target = session.target.value
          if (target === undefined) return
          session.target.value = undefined
          goTo(target)
        })
      ]
      return () => {
        for (const stop of stops) stop()
        clearTimeout(flashTimer)
        window.removeEventListener('focus', seenAgain)
        document.removeEventListener('visibilitychange', seenAgain)
      }
    }
  }
  return control
}

const toNews = ({ id, authorName, text, removed, system }: MessageView): News => ({
  id,
  text:
    system === undefined
      ? t('chat.announce', { name: authorName, text: removed ? t('chat.removed') : text.slice(0, 300) })
      : systemText(system)
})
