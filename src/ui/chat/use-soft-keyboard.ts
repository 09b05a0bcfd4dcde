/**
 * Keeps the composer above a soft keyboard that covers the page instead of shrinking it (iOS; elsewhere the viewport's
 * `interactive-widget` does it). The covered height goes into `--keyboard`.
 */
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

/** Less than this is a toolbar, not a keyboard. */
const LEAST_PX = 80

export const useSoftKeyboard = (screen: RefObject<HTMLElement | null>): void => {
  useEffect(() => {
    const viewport = window.visualViewport as VisualViewport | null | undefined // jsdom has none
    if (!viewport) return
    const measure = (): void => {
      const covered = window.innerHeight - viewport.height - viewport.offsetTop
      // a zoomed page has a small visual viewport without any keyboard
      const keyboard = viewport.scale < 1.05 && covered > LEAST_PX ? covered : 0
      screen.current?.style.setProperty('--keyboard', `${Math.round(keyboard)}px`)
    }
    measure()
    viewport.addEventListener('resize', measure)
    viewport.addEventListener('scroll', measure)
    return () => {
      viewport.removeEventListener('resize', measure)
      viewport.removeEventListener('scroll', measure)
    }
  }, [screen])
}
