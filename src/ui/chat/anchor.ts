/**
 * Keeps what a person looks at where it is, to the pixel, while the list around it changes: the topmost visible message
 * is remembered with its distance from the top, and put back there after the change.
 */
export interface Anchor {
  readonly id: string
  /** Pixels from the top of the viewport to the top of the message; negative when it begins above. */
  readonly top: number
}

/** Nearer to the end than this counts as being there: the list then follows what is new. */
export const AT_END_PX = 32

export const isAtEnd = (scroller: HTMLElement): boolean =>
  scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= AT_END_PX

/** Messages are in document order, so the first that ends below the edge is found by halving. */
export const firstBelow = (items: ArrayLike<Element>, edge: number): number => {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    const item = items[middle] as Element
    if (item.getBoundingClientRect().bottom > edge) high = middle
    else low = middle + 1
  }
  return low
}

export const takeAnchor = (scroller: HTMLElement, items: ArrayLike<Element>): Anchor | undefined => {
  const edge = scroller.getBoundingClientRect().top
  const item = items[firstBelow(items, edge)]
  const id = item?.getAttribute('data-message')
  if (item === undefined || id === null || id === undefined) return undefined
  return { id, top: item.getBoundingClientRect().top - edge }
}

/** Answers whether the anchor was still there. */
export const putAnchor = (scroller: HTMLElement, items: ArrayLike<Element>, anchor: Anchor): boolean => {
  const item = Array.from(items).find((one) => one.getAttribute('data-message') === anchor.id)
  if (item === undefined) return false
  const moved = item.getBoundingClientRect().top - scroller.getBoundingClientRect().top - anchor.top
  // half a pixel is rounding, and writing scrollTop would end a running fling
  if (Math.abs(moved) >= 0.5) scroller.scrollTop += moved
  return true
}
