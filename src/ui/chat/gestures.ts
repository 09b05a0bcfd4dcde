/**
 * Touch on messages: hold for the menu, drag towards the end of the line to reply. One set of listeners on the list
 * serves all messages. Scrolling always wins: a finger that moves up or down starts neither. The menu opens when the finger
 * lifts: a popover that opens under a finger is closed by the browser as soon as that finger goes.
 */
const HOLD_MS = 450
/** A finger that trembles less than this still holds. */
const SLOP_PX = 10
const REPLY_PX = 56
const MAX_DRAG_PX = 80

interface GestureDeps {
  /** The message under a finger, and what of it moves. */
  readonly find: (target: Element) => { readonly id: string; readonly moves: HTMLElement } | undefined
  readonly onHold: (id: string, at: { readonly x: number; readonly y: number }) => void
  readonly onReply: (id: string) => void
}

interface Touch {
  readonly pointer: number
  readonly id: string
  readonly moves: HTMLElement
  readonly x: number
  readonly y: number
  readonly sign: 1 | -1
  dragging: boolean
  dragged: number
  held: boolean
}

export interface Gestures {
  readonly onPointerDown: (event: PointerEvent) => void
  readonly onPointerMove: (event: PointerEvent) => void
  readonly onPointerUp: (event: PointerEvent) => void
  readonly onPointerCancel: (event: PointerEvent) => void
  /** A finger is on a message: a context menu now is the browser's answer to the same hold. */
  isDown(): boolean
  stop(): void
}

export const createGestures = ({ find, onHold, onReply }: GestureDeps): Gestures => {
  let touch: Touch | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const end = (): void => {
    clearTimeout(timer)
    if (touch !== undefined) {
      touch.moves.style.translate = ''
      touch.moves.style.removeProperty('--pulled')
      touch.moves.classList.remove('dragged', 'held')
    }
    touch = undefined
  }

  const drag = (now: Touch, moved: number): void => {
    now.dragged = Math.max(0, Math.min(MAX_DRAG_PX, moved * now.sign))
    now.moves.classList.add('dragged')
    now.moves.style.translate = `${now.dragged * now.sign}px 0`
    now.moves.style.setProperty('--pulled', String(Math.min(1, now.dragged / REPLY_PX)))
  }

  return {
    onPointerDown: (event) => {
      end()
      if (event.pointerType === 'mouse' || !event.isPrimary || !(event.target instanceof Element)) return
      if (event.target.closest('button, a, pre') !== null) return
      const found = find(event.target)
      if (found === undefined) return
      const sign = getComputedStyle(found.moves).direction === 'rtl' ? -1 : 1
      touch = {
        ...found,
        pointer: event.pointerId,
        x: event.clientX,
        y: event.clientY,
        sign,
        dragging: false,
        dragged: 0,
        held: false
      }
      timer = setTimeout(() => {
        if (touch === undefined) return
        touch.held = true
        touch.moves.classList.add('held')
        navigator.vibrate?.(12)
      }, HOLD_MS)
    },
    onPointerMove: (event) => {
      if (touch === undefined || touch.pointer !== event.pointerId) return
      const movedX = event.clientX - touch.x
      const movedY = event.clientY - touch.y
      if (!touch.dragging) {
        if (Math.hypot(movedX, movedY) < SLOP_PX) return
        clearTimeout(timer)
        if (touch.held || movedX * touch.sign < Math.abs(movedY) * 1.5) {
          end()
          return
        }
        touch.dragging = true
      }
      drag(touch, movedX)
    },
    onPointerUp: (event) => {
      const done = touch
      if (done === undefined || done.pointer !== event.pointerId) return
      end()
      if (done.dragging && done.dragged >= REPLY_PX) onReply(done.id)
      // after the browser has done what it does when a finger lifts
      if (done.held) setTimeout(() => onHold(done.id, { x: done.x, y: done.y }))
    },
    onPointerCancel: end,
    isDown: () => touch !== undefined,
    stop: end
  }
}
