/**
 * Keeps what is being written: saved shortly after the last key, at once when the page may go away, and restored when
 * the chat is opened again. A draft is never cleared before the message it became has an id.
 */
import type { Draft } from '../../model/views.ts'

/** Long enough not to write at every key, short enough to lose nothing worth mentioning. */
const SAVE_AFTER_MS = 350

export interface DraftKeeper {
  /** The box holds this now. */
  changed(draft: Draft): void
  /** Writes what is not written yet. */
  flush(): void
  /** Something arrived from the node: answers whether it is news to this box (another tab wrote it). */
  isNews(draft: Draft): boolean
}

const same = (a: Draft, b: Draft): boolean => a.text === b.text && a.replyTo === b.replyTo

export const createDraftKeeper = (saved: Draft, save: (draft: Draft) => Promise<void>): DraftKeeper => {
  let stored = saved
  let wanted = saved
  let timer: ReturnType<typeof setTimeout> | undefined
  // our own writes come back through the feed, and late: they must never replace what was typed since
  const echoes = new Set([saved.text])

  const flush = (): void => {
    clearTimeout(timer)
    if (same(wanted, stored)) return
    const before = stored
    stored = wanted
    echoes.add(wanted.text)
    save(wanted).catch(() => {
      // tried again at the next key or when the page goes away
      stored = before
    })
  }

  return {
    changed: (draft) => {
      wanted = draft
      clearTimeout(timer)
      if (!same(wanted, stored)) timer = setTimeout(flush, SAVE_AFTER_MS)
    },
    flush,
    isNews: (draft) => {
      if (echoes.has(draft.text) || !same(wanted, stored)) return false
      stored = draft
      wanted = draft
      return true
    }
  }
}
