/**
 * How it stands between this device and each other one of a chat: whether something is on its way, and when to try again.
 * Only in memory: after a start everything is tried at once.
 */
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { ChatId, DeviceId } from '../model/ids.ts'

/** A request goes to whatever device of the account answers, so it has a line of its own. */
export type LineKey = DeviceId | 'request'

export interface Line {
  /** Something is being handed over. */
  isBusy: boolean
  attempts: number
  nextTryAt: number
  lastError: string | undefined
  /** They appeared while something was on its way: if that fails it goes again at once. */
  isHurried: boolean
  /** How often the same bytes were taken without a receipt for all that is inside. */
  kept: number
}

export interface Lines {
  of(chat: ChatId, key: LineKey): Line
  ofChat(chat: ChatId): ReadonlyMap<LineKey, Line>
  /** Something about a line changed that a page may show. */
  tell(): void
  listen(listener: () => void): () => void
}

export const createLines = (): Lines => {
  const byChat = new Map<ChatId, Map<LineKey, Line>>()
  const listeners = new Set<() => void>()
  const ofChat = (chat: ChatId): Map<LineKey, Line> => {
    const known = byChat.get(chat) ?? new Map<LineKey, Line>()
    byChat.set(chat, known)
    return known
  }
  return {
    of: (chat, key) => {
      const lines = ofChat(chat)
      const line = lines.get(key) ?? {
        isBusy: false,
        isHurried: false,
        attempts: 0,
        nextTryAt: 0,
        lastError: undefined,
        kept: 0
      }
      lines.set(key, line)
      return line
    },
    ofChat,
    tell: () => {
      for (const listener of listeners) listener()
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}

const FIRST_WAIT_MS = 2000
/** Without presence nobody tells us that they are back: this is how long a message waits at most when they cannot find us. */
export const LONGEST_WAIT_MS = 2 * 60_000

/** Back-off with jitter, so that those who lost the same relay do not come back in step. */
export const putOff = (
  ctx: { readonly clock: Pick<Clock, 'now'>; readonly random: Pick<Random, 'fraction'>; readonly log: Log },
  line: Line,
  why: string
): void => {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(line.attempts, 10))
  line.attempts++
  if (line.isHurried) {
    line.isHurried = false
    return
  }
  line.nextTryAt = ctx.clock.now() + Math.round(full * (0.5 + ctx.random.fraction() / 2))
  line.lastError = why
  ctx.log.debug('outbox.waits', { ms: line.nextTryAt - ctx.clock.now(), why })
}

export const hurry = (line: Line): void => {
  line.isHurried = line.isBusy
  line.attempts = 0
  line.nextTryAt = 0
}

export const settle = (line: Line): void => {
  hurry(line)
  line.lastError = undefined
  line.kept = 0
}
