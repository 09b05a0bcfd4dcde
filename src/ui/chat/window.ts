/**
 * Which part of a timeline is asked of the node while a person scrolls. The page never holds more than a few hundred
 * messages, whatever the length of the chat: the window slides along with what is being looked at.
 */
import type { MessageId } from '../../model/ids.ts'
import type { Timeline, TimelineWindow } from '../../model/views.ts'

/** Messages kept on either side of what is visible: several screens, so that a fast wheel does not outrun the node. */
export const SPAN = 85
/** Fewer than this between the visible part and the edge of the window, and it slides: often, so that each slide is small. */
export const MARGIN = 55

/** The node lets a window grow while messages come; past this many it is asked for anew, or drawing would get slow. */
export const MAX_ROWS = 400

/** Positions in `timeline.messages`. */
export interface Visible {
  readonly first: number
  readonly last: number
}

export const openWindow = (around: TimelineWindow['around']): TimelineWindow => ({
  around,
  before: around === 'end' ? SPAN : MARGIN + 10,
  after: around === 'end' ? 0 : SPAN
})

/** The window to ask for now, or `undefined` when the present one still does. */
export const slide = (timeline: Timeline, visible: Visible): TimelineWindow | undefined => {
  const { messages, atStart, atEnd } = timeline
  const shortAbove = !atStart && visible.first < MARGIN
  const shortBelow = !atEnd && messages.length - 1 - visible.last < MARGIN
  const tooMany = messages.length > MAX_ROWS
  if (tooMany && atEnd && messages.length - visible.last < MARGIN) return openWindow('end')
  if (!shortAbove && !shortBelow && !tooMany) return undefined
  const around = messages[shortBelow ? visible.last : visible.first]?.id
  if (around === undefined) return undefined
  const seen = visible.last - visible.first
  return shortBelow ? { around, before: SPAN + seen, after: SPAN } : { around, before: SPAN, after: SPAN + seen }
}

export const sameWindow = (a: TimelineWindow, b: TimelineWindow): boolean =>
  a.around === b.around && a.before === b.before && a.after === b.after

export const indexOf = (timeline: Timeline, id: MessageId): number =>
  timeline.messages.findIndex((message) => message.id === id)
