/**
 * The pages that host WebRTC for this worker. New connections go to a visible page that answers; a page that is gone
 * (it said bye, its port closed, or its Web Lock is free) takes its connections with it at once.
 */
import { systemClock } from '../../../base/clock.ts'
import type { FromPage, ToPage } from '../contract.ts'

export interface RtcOffer {
  readonly port: MessagePort
  /** Held by the page as long as it lives. */
  readonly lock: string
  readonly visible: boolean
}

/** One connection's place at a page. */
export interface Hosting {
  readonly pc: number
  post(message: ToPage, transfer: Transferable[]): void
  leave(): void
}

export interface Hosted {
  receive(message: Extract<FromPage, { pc: number }>): void
  lost(): void
}

export interface RtcHostPages {
  /** Pages that can take a connection now. */
  count(): number
  onChange(listener: () => void): () => void
  offer(offer: RtcOffer): void
  /** A place for a new connection, or undefined when no page offers one. */
  place(hosted: Hosted): Hosting | undefined
}

interface Page {
  readonly port: MessagePort
  /** It said that it can host, and has not gone. */
  isHere: boolean
  visible: boolean
  readonly hosted: Map<number, Hosted>
  /** When we last asked something that it has not answered by any message yet. */
  askedAt: number | undefined
}

/** A page that is silent for longer after a call hangs: it is chosen only when there is no other. */
const HANGS_AFTER_MS = 1_500

export const createRtcHosts = ({
  now,
  locks
}: {
  now: () => number
  locks: () => LockManager | undefined
}): RtcHostPages => {
  const pages = new Set<Page>()
  const listeners = new Set<() => void>()
  let nextPc = 1

  const changed = (): void => {
    for (const listener of listeners) listener()
  }

  const rank = (page: Page): number => {
    const hangs = page.askedAt !== undefined && now() - page.askedAt > HANGS_AFTER_MS
    return (hangs ? 2 : 0) + (page.visible ? 0 : 1)
  }

  const pick = (): Page | undefined =>
    [...pages].filter(({ isHere }) => isHere).toSorted((a, b) => rank(a) - rank(b))[0]

  /** Its connections are gone; it may come back (back-forward cache) unless `forEver`. */
  const lose = (page: Page, forEver: boolean): void => {
    if (forEver && !pages.delete(page)) return
    const was = page.isHere
    page.isHere = false
    page.askedAt = undefined
    const lost = [...page.hosted.values()]
    page.hosted.clear()
    for (const hosted of lost) hosted.lost()
    if (forEver) page.port.close()
    if (was) changed()
  }

  const receive = (page: Page, message: FromPage): void => {
    page.askedAt = undefined
    switch (message.kind) {
      case 'here':
        page.visible = message.visible
        if (!page.isHere) {
          page.isHere = true
          changed()
        }
        break
      case 'visible':
        page.visible = message.visible
        break
      case 'bye':
        lose(page, false)
        break
      default:
        page.hosted.get(message.pc)?.receive(message)
    }
  }

  return {
    count: () => [...pages].filter(({ isHere }) => isHere).length,
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    offer: ({ port, lock, visible }) => {
      const page: Page = { port, isHere: false, visible, hosted: new Map(), askedAt: undefined }
      pages.add(page)
      port.addEventListener('message', ({ data }: MessageEvent<FromPage>) => receive(page, data))
      port.addEventListener('close', () => lose(page, true))
      port.start()
      // granted when the page is gone, however it went; shared, so that others can wait for it too
      void locks()
        ?.request(lock, { mode: 'shared' }, () => lose(page, true))
        .catch(() => undefined) // then its bye and the end of its port must do
    },
    place: (hosted) => {
      const page = pick()
      if (page === undefined) return undefined
      const pc = nextPc++
      page.hosted.set(pc, hosted)
      return {
        pc,
        post: (message, transfer) => {
          if (!page.isHere) return
          if (message.kind === 'call') page.askedAt ??= now()
          page.port.postMessage(message, transfer)
        },
        leave: () => page.hosted.delete(pc)
      }
    }
  }
}

/** One a worker: what `RTCPeerConnection` means here. */
export const rtcHosts = createRtcHosts({ now: systemClock.now, locks: () => globalThis.navigator?.locks })
