/** Splits a text at the words that were searched for, so that they can be marked. Case does not matter. */
export interface TextPart {
  readonly text: string
  readonly match: boolean
}

export const markMatches = (text: string, query: string): readonly TextPart[] => {
  const words = query.split(/\s+/u).filter(Boolean)
  if (words.length === 0) return [{ text, match: false }]
  const escaped = words
    .toSorted((a, b) => b.length - a.length)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
  const finder = new RegExp(`(${escaped.join('|')})`, 'giu')
  // a split by a group puts what matched at the odd places
  return text
    .split(finder)
    .map((part, index) => ({ text: part, match: index % 2 === 1 }))
    .filter((part) => part.text !== '')
}

/** Splits an excerpt where the node says that it matches. */
export const splitAtMarks = (
  text: string,
  marks: readonly (readonly [start: number, end: number])[]
): readonly TextPart[] => {
  const parts: TextPart[] = []
  let done = 0
  for (const [start, end] of marks) {
    if (start < done || end > text.length) continue
    if (start > done) parts.push({ text: text.slice(done, start), match: false })
    parts.push({ text: text.slice(start, end), match: true })
    done = end
  }
  if (done < text.length) parts.push({ text: text.slice(done), match: false })
  return parts
}
