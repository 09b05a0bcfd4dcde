/** What changed between two texts, as small as it can be said, and where a caret stands after somebody else's change. Pure. */

export interface TextChange {
  readonly at: number
  readonly removed: number
  readonly inserted: string
}

const isHigh = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800
const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00

/** One stretch between what both begin with and what both end with; never through the middle of a character. */
export const changeBetween = (old: string, next: string): TextChange | undefined => {
  if (old === next) return undefined
  const shorter = Math.min(old.length, next.length)
  let start = 0
  while (start < shorter && old[start] === next[start]) start++
  if (start > 0 && isHigh(old, start - 1)) start--
  let end = 0
  while (end < shorter - start && old[old.length - 1 - end] === next[next.length - 1 - end]) end++
  if (end > 0 && isLow(old, old.length - end)) end--
  return { at: start, removed: old.length - start - end, inserted: next.slice(start, next.length - end) }
}

/** A part of Yjs's delta: keep so many, take so many away, or put a text in. */
export interface DeltaPart {
  readonly retain?: number | undefined
  readonly delete?: number | undefined
  readonly insert?: unknown
}

/** Text that comes in right at the caret goes after it: whoever writes is not pushed along. */
export const movePosition = (delta: readonly DeltaPart[], position: number): number => {
  let at = 0
  let moved = position
  for (const part of delta) {
    if (at >= moved) break
    if (part.retain !== undefined) at += part.retain
    else if (part.delete !== undefined) moved -= Math.min(part.delete, moved - at)
    else if (typeof part.insert === 'string') {
      at += part.insert.length
      moved += part.insert.length
    }
  }
  return moved
}
