/**
 * One chat's timeline through a window that can be moved. While a new window is being fetched the old snapshot stays,
 * and messages that did not change keep their object, so that scrolling never shows an empty list.
 */
import { batch, signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'
import type { Feed } from '../../bridge/contract.ts'
import type { Timeline, TimelineWindow } from '../../model/views.ts'
import { useEffect, useMemo } from 'preact/hooks'
import type { ChatId } from '../../model/ids.ts'
import { keepUnchanged } from '../chat/reconcile.ts'
import { watchFeed } from './feed.ts'
import { useAppState } from './node.tsx'

export interface MovingTimeline {
  readonly timeline: ReadonlySignal<Timeline | undefined>
  /** The window last asked for has not brought a snapshot yet. */
  readonly coming: ReadonlySignal<boolean>
  readonly wanted: () => TimelineWindow
  show(next: TimelineWindow): void
  stop(): void
}

export const watchMovingTimeline = (
  open: (window: TimelineWindow) => Feed<Timeline>,
  first: TimelineWindow
): MovingTimeline => {
  const timeline = signal<Timeline | undefined>(undefined)
  const coming = signal(true)
  let wanted = first
  let stopShown: (() => void) | undefined
  let stopComing: (() => void) | undefined

  const show = (next: TimelineWindow): void => {
    wanted = next
    coming.value = true
    stopComing?.()
    const watched = watchFeed(() => open(next))
    const release = watched.signal.subscribe((fresh) => {
      if (fresh === undefined || fresh === null) return
      if (stopComing === stop) {
        stopShown?.()
        stopShown = stop
        stopComing = undefined
      }
      batch(() => {
        const old = timeline.peek()
        timeline.value = old === undefined ? fresh : { ...fresh, messages: keepUnchanged(old.messages, fresh.messages) }
        coming.value = stopComing !== undefined
      })
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
    coming,
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

export const useMovingTimeline = (chat: ChatId, first: TimelineWindow): MovingTimeline => {
  const { node } = useAppState()
  // where it opens is decided once; later moves are `show`
  const moving = useMemo(() => watchMovingTimeline((window) => node.watchTimeline(chat, window), first), [node, chat])
  useEffect(() => moving.stop, [moving])
  return moving
}
