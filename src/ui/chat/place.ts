/** Moves a conversation's list to a target, if what is drawn holds it already. */
import type { MessageView } from '../../model/views.ts'
import { elementOf, messagesIn } from './ScrollKeeper.tsx'
import type { Anchor } from './anchor.ts'
import { putAnchor } from './anchor.ts'
import type { Target } from './session.ts'

/** A way longer than this many screens is not shown as motion. */
const SMOOTH_SCREENS = 3

export type Placement = Target | { readonly kind: 'anchor'; readonly anchor: Anchor } | { readonly kind: 'divider' }

interface Drawn {
  readonly scroller: HTMLElement
  readonly messages: readonly MessageView[]
  readonly atStart: boolean
  readonly atEnd: boolean
}

const calm = (): boolean => typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches

export const place = ({ scroller, messages, atStart, atEnd }: Drawn, target: Placement): boolean => {
  switch (target.kind) {
    case 'end': {
      if (!atEnd) return false
      const way = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight
      const smooth = target.smooth && !calm() && way < scroller.clientHeight * SMOOTH_SCREENS
      if (smooth) scroller.scrollTo({ top: scroller.scrollHeight, behavior: 'smooth' })
      else scroller.scrollTop = scroller.scrollHeight
      return true
    }
    case 'anchor':
      return putAnchor(scroller, messagesIn(scroller), target.anchor)
    case 'divider':
      return intoView(scroller, scroller.querySelector('[data-id="unread-divider"]'), 0.15)
    case 'message':
      return intoView(scroller, elementOf(scroller, target.id), 0.35)
    case 'date': {
      const index = messages.findIndex((message) => message.at >= target.at)
      const found = messages[index]
      // nothing is that young: the end is as near as it gets
      if (found === undefined) return place({ scroller, messages, atStart, atEnd }, { kind: 'end', smooth: false })
      // the first loaded message fits by chance: what comes before it may fit as well
      if (index === 0 && !atStart) return false
      return intoView(scroller, elementOf(scroller, found.id), 0.1)
    }
  }
}

/** `share`: how far down the screen its top shall be. */
const intoView = (scroller: HTMLElement, element: Element | null, share: number): boolean => {
  if (element === null) return false
  const { top } = scroller.getBoundingClientRect()
  scroller.scrollTop += element.getBoundingClientRect().top - top - scroller.clientHeight * share
  return true
}
