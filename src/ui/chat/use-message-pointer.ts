/** Pointer and touch on the list of messages: one set of listeners for all of them. */
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { MessageView } from '../../model/views.ts'
import { createGestures } from './gestures.ts'
import type { MessageActions } from './message-props.ts'
import { isPendingId } from './pending.ts'
import type { ChatSession } from './session.ts'

interface PointerHandlers {
  readonly onPointerDown: (event: PointerEvent) => void
  readonly onPointerMove: (event: PointerEvent) => void
  readonly onPointerUp: (event: PointerEvent) => void
  readonly onPointerCancel: (event: PointerEvent) => void
  readonly onContextMenu: (event: MouseEvent) => void
  readonly onDblClick: (event: MouseEvent) => void
}

const articleAt = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-message]') : null

export const useMessagePointer = (
  session: ChatSession,
  actions: MessageActions,
  writable: boolean
): PointerHandlers => {
  const mayReply = useRef(writable)
  mayReply.current = writable

  const { listeners, stop } = useMemo(() => {
    const messageOf = (article: Element | null): MessageView | undefined =>
      session.shown.find((message) => message.id === article?.getAttribute('data-message'))

    const reply = (message: MessageView | undefined): void => {
      if (message === undefined || !mayReply.current || isPendingId(message.id)) return
      if (!message.removed && !message.needsNewer) actions.reply(message)
    }

    let held: HTMLElement | null = null
    const gestures = createGestures({
      find: (target) => {
        const article = articleAt(target)
        const moves = article?.querySelector<HTMLElement>('.beside')
        if (article === null || moves === null || moves === undefined) return undefined
        held = article
        return { id: article.dataset['message'] ?? '', moves }
      },
      onHold: (_id, at) => {
        const message = messageOf(held)
        if (message !== undefined && held !== null) actions.openMenu(message, held, at)
      },
      onReply: () => reply(messageOf(held))
    })

    const pointer: PointerHandlers = {
      onPointerDown: gestures.onPointerDown,
      onPointerMove: gestures.onPointerMove,
      onPointerUp: gestures.onPointerUp,
      onPointerCancel: gestures.onPointerCancel,
      onContextMenu: (event) => {
        const article = articleAt(event.target)
        // links keep the browser's own menu (copy address, open elsewhere)
        if (article === null || (event.target as Element).closest('a') !== null) return
        const message = messageOf(article)
        if (message === undefined) return
        event.preventDefault()
        if (!gestures.isDown()) actions.openMenu(message, article, { x: event.clientX, y: event.clientY })
      },
      onDblClick: (event) => {
        const target = event.target as Element
        // a double click on text selects a word, as everywhere
        if (target.closest('.bubble, button') === null) reply(messageOf(articleAt(target)))
      }
    }
    return { listeners: pointer, stop: gestures.stop }
  }, [session, actions])

  useEffect(() => stop, [stop])
  return listeners
}
