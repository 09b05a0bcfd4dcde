/** A textarea that is as high as its text, up to what CSS allows, and insertion that keeps the browser's undo. */
import type { RefObject } from 'preact'
import { useCallback, useLayoutEffect } from 'preact/hooks'

export const useAutoHeight = (area: RefObject<HTMLTextAreaElement | null>): (() => void) => {
  const grow = useCallback(() => {
    const { current } = area
    if (current === null) return
    current.style.blockSize = 'auto'
    // an empty box is one line high, whatever its placeholder would need
    const height = current.value === '' ? '' : `${current.scrollHeight}px`
    current.style.blockSize = height
  }, [area])

  useLayoutEffect(() => {
    grow()
    window.addEventListener('resize', grow)
    return () => window.removeEventListener('resize', grow)
  }, [grow])
  return grow
}

export const insertText = (area: HTMLTextAreaElement, text: string): void => {
  area.focus({ preventScroll: true })
  // the only way that Ctrl+Z understands; where it is gone, the text still gets in
  if (typeof document.execCommand === 'function' && document.execCommand('insertText', false, text)) return
  area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end')
  area.dispatchEvent(new Event('input', { bubbles: true }))
}
