/**
 * Every snapshot of a timeline arrives as fresh objects. Messages that did not change keep their old object here, so
 * that a row is drawn again only when its message really changed.
 */
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

const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]))
  const keysOfA = Object.keys(a)
  return (
    keysOfA.length === Object.keys(b).length &&
    keysOfA.every((key) => isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  )
}
