/** Splits a text at the words that were searched for, so that they can be marked: by the rules that found them. */
import { findMarks, wordsOf } from '../../model/search.ts'

export interface TextPart {
  readonly text: string
  readonly match: boolean
}

export const markMatches = (text: string, query: string): readonly TextPart[] =>
  splitAtMarks(text, findMarks(text, wordsOf(query)))

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
