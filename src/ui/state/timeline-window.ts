/**
 * One chat's timeline through a window that can be moved. While a new window is being fetched the old snapshot stays,
 * and messages that did not change keep their object, so that scrolling never shows an empty list.
 */
import { signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'
import type { Feed } from '../../bridge/contract.ts'
import type { Timeline, TimelineWindow } from '../../model/views.ts'
import { keepUnchanged } from '../chat/reconcile.ts'
import { watchFeed } from './feed.ts'

export interface MovingTimeline {
  readonly timeline: ReadonlySignal<Timeline | undefined>
  /** The window last asked for; its first snapshot may still be on its way. */
  readonly wanted: () => TimelineWindow
  show(next: TimelineWindow): void
  stop(): void
}

export const watchMovingTimeline = (
  open: (window: TimelineWindow) => Feed<Timeline>,
  first: TimelineWindow
): MovingTimeline => {
  const timeline = signal<Timeline | undefined>(undefined)
  let wanted = first
  let stopShown: (() => void) | undefined
  let stopComing: (() => void) | undefined

  const show = (next: TimelineWindow): void => {
    wanted = next
    stopComing?.()
    const watched = watchFeed(() => open(next))
    const release = watched.signal.subscribe((fresh) => {
      if (fresh === undefined || fresh === null) return
      if (stopComing === stop) {
        stopShown?.()
        stopShown = stop
        stopComing = undefined
      }
      const old = timeline.peek()
      timeline.value = old === undefined ? fresh : { ...fresh, messages: keepUnchanged(old.messages, fresh.messages) }
    })
    const stop = (): void => {
      release()
      watched.stop()
    }
    stopComing = stop
    watched.start()
  }

  show(first)
  return {
    timeline,
    wanted: () => wanted,
    show,
    stop: () => {
      stopComing?.()
      stopShown?.()
      stopComing = undefined
      stopShown = undefined
    }
  }
}
