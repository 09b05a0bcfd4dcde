/** How a query finds a message: every word must occur, whatever its case or accents; marks point into the excerpt. */
const EXCERPT = 120

/** Folded text, and for each folded unit where it came from. */
const fold = (text: string): { readonly folded: string; readonly from: readonly number[] } => {
  let folded = ''
  const from: number[] = []
  let at = 0
  for (const char of text) {
    const plain = char.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
    for (let unit = 0; unit < plain.length; unit++) from.push(at)
    folded += plain
    at += char.length
  }
  return { folded, from }
}

export const wordsOf = (query: string): readonly string[] => [
  ...new Set(
    fold(query)
      .folded.split(/\s+/u)
      .filter((word) => word !== '')
  )
]

export interface Match {
  readonly excerpt: string
  readonly marks: readonly (readonly [start: number, end: number])[]
}

export const findWords = (text: string, words: readonly string[]): Match | undefined => {
  const { folded, from } = fold(text)
  const firsts = words.map((word) => folded.indexOf(word))
  if (words.length === 0 || firsts.some((at) => at < 0)) return undefined

  const sourceAt = (unit: number): number => from[unit] ?? text.length
  const first = sourceAt(Math.min(...firsts))
  let start = Math.max(0, Math.min(first - EXCERPT / 4, text.length - EXCERPT))
  let end = Math.min(text.length, start + EXCERPT)
  // never begin or end inside a surrogate pair
  if (!text.slice(start).isWellFormed()) start++
  if (!text.slice(0, end).isWellFormed()) end--
  const before = start > 0 ? '…' : ''

  const marks: [number, number][] = []
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
      const [from1, to1] = [sourceAt(at), sourceAt(at + word.length)]
      if (from1 >= start && to1 <= end) marks.push([from1 - start + before.length, to1 - start + before.length])
    }
  }
  return { excerpt: before + text.slice(start, end) + (end < text.length ? '…' : ''), marks: mergeMarks(marks) }
}

const mergeMarks = (marks: readonly [number, number][]): [number, number][] => {
  const merged: [number, number][] = []
  for (const [start, end] of marks.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}
