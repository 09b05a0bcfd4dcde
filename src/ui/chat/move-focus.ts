/** The keyboard in the list of messages: arrows and page keys walk, Enter opens the menu, Escape goes back to writing. */
import type { MessageId } from '../../model/ids.ts'
import type { MessageActions } from './message-props.ts'
import { elementOf } from './ScrollKeeper.tsx'
import type { ChatSession } from './session.ts'
import type { TimelineControl } from './timeline-control.ts'

interface Walk {
  readonly actions: MessageActions
  readonly session: ChatSession
  readonly control: TimelineControl
}

const PAGE = 8
const STEP: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -PAGE,
  PageDown: PAGE,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY
}

export const moveThroughMessages = (event: KeyboardEvent, { actions, session, control }: Walk): void => {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement)) return
  const article = event.target.closest<HTMLElement>('[data-message]')
  if (article === null) return
  if (event.key === 'Escape') {
    event.preventDefault()
    session.focusComposer()
    return
  }
  // inside a message, keys belong to its buttons
  if (event.target !== article) return
  const index = session.shown.findIndex((message) => message.id === article.dataset['message'])
  const message = session.shown[index]
  if (message === undefined) return
  if (event.key === 'Enter' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    event.preventDefault()
    actions.openMenu(message, article)
    return
  }
  const step = STEP[event.key]
  if (step === undefined) return
  event.preventDefault()
  if (event.key === 'End') {
    control.toEnd()
  }
  const next = session.shown[Math.min(session.shown.length - 1, Math.max(0, index + step))]
  if (next === undefined) return
  control.current.value = next.id
  focusMessage(article, next.id)
}

const focusMessage = (from: HTMLElement, id: MessageId): void => {
  const feed = from.closest('[role="feed"]')
  const element = feed === null ? null : elementOf(feed, id)
  if (element instanceof HTMLElement) element.focus()
}
