/** A long press by touch, where the browser sends no context menu of its own (iOS). A movement is a scroll, not a press. */
const PRESS_MS = 480
const SLACK_PX = 10

export interface LongPress {
  readonly onPointerDown: (event: PointerEvent) => void
  readonly onPointerMove: (event: PointerEvent) => void
  readonly onPointerUp: () => void
  readonly onPointerCancel: () => void
  readonly onClickCapture: (event: MouseEvent) => void
}

let timer: ReturnType<typeof setTimeout> | undefined
let from = { x: 0, y: 0 }
let fired = false

const end = (): void => clearTimeout(timer)

export const longPress = (
  open: (element: HTMLElement, at: { readonly x: number; readonly y: number }) => void
): LongPress => ({
  onPointerDown: (event) => {
    fired = false
    if (event.pointerType !== 'touch') return
    from = { x: event.clientX, y: event.clientY }
    const element = event.currentTarget as HTMLElement
    clearTimeout(timer)
    timer = setTimeout(() => {
      fired = true
      open(element, from)
    }, PRESS_MS)
  },
  onPointerMove: ({ clientX, clientY }) => {
    if (Math.hypot(clientX - from.x, clientY - from.y) > SLACK_PX) end()
  },
  onPointerUp: end,
  onPointerCancel: end,
  // the click that ends a long press is not a click
  onClickCapture: (event) => {
    if (!fired) return
    fired = false
    event.preventDefault()
    event.stopPropagation()
  }
})
