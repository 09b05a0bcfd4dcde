/**
 * Every snapshot of a timeline arrives as fresh objects. Messages that did not change keep their old object here, so
 * that a row is drawn again only when its message really changed.
 */
import { isSame } from '../../base/same.ts'
import type { MessageView } from '../../model/views.ts'

export const keepUnchanged = (old: readonly MessageView[], fresh: readonly MessageView[]): readonly MessageView[] => {
  const oldById = new Map(old.map((message) => [message.id, message]))
  let same = old.length === fresh.length
  const merged = fresh.map((message, index) => {
    const known = oldById.get(message.id)
    const kept = known !== undefined && isSame(known, message) ? known : message
    if (kept !== old[index]) same = false
    return kept
  })
  return same ? old : merged
}
