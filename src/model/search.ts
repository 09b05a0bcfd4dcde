/**
 * How a query finds a message: every word must occur, whatever its case or accents; marks point into the excerpt. Words are
 * found inside others too, so that scripts without spaces are searched like all the rest.
 */
const EXCERPT = 120

/** Letters that Unicode does not take apart, and people do not tell apart. */
const ALIKE: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ς: 'σ'
}
const ALIKE_LETTERS = new RegExp(`[${Object.keys(ALIKE).join('')}]`, 'g')
// oxlint-disable-next-line no-control-regex -- the range of ASCII
const ASCII = /^[\0-\x7f]*$/

export const isAscii = (text: string): boolean => ASCII.test(text)

/** The form in which texts and queries are compared. Folding a text is folding its characters one by one. */
export const foldText = (text: string): string =>
  isAscii(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .replaceAll(/\p{M}+/gu, '')
        .toLowerCase()
        .replaceAll(ALIKE_LETTERS, (letter) => ALIKE[letter] ?? letter)

/** Few different characters occur, and folding one by itself is slow. */
const foldedByChar = new Map<string, string>()
const MAX_REMEMBERED = 10_000

const foldChar = (char: string): string => {
  const known = foldedByChar.get(char)
  if (known !== undefined) return known
  const folded = foldText(char)
  if (foldedByChar.size < MAX_REMEMBERED) foldedByChar.set(char, folded)
  return folded
}

interface Folded {
  readonly folded: string
  /** Where in the text a unit of `folded` came from. */
  readonly sourceAt: (unit: number) => number
}

const fold = (text: string): Folded => {
  if (isAscii(text)) return { folded: text.toLowerCase(), sourceAt: (unit) => Math.min(unit, text.length) }
  let folded = ''
  const from: number[] = []
  let at = 0
  for (const char of text) {
    const plain = foldChar(char)
    for (let unit = 0; unit < plain.length; unit++) from.push(at)
    folded += plain
    at += char.length
  }
  return { folded, sourceAt: (unit) => from[unit] ?? text.length }
}

export const wordsOf = (query: string): readonly string[] => [
  ...new Set(
    foldText(query)
      .split(/\s+/u)
      .filter((word) => word !== '')
  )
]

export type Mark = readonly [start: number, end: number]

export interface Match {
  readonly excerpt: string
  readonly marks: readonly Mark[]
}

/** Where the words stand in a text: in order, none over another. */
export const findMarks = (text: string, words: readonly string[]): readonly Mark[] => marksIn(fold(text), words)

const marksIn = ({ folded, sourceAt }: Folded, words: readonly string[]): readonly Mark[] => {
  const marks: [number, number][] = []
  for (const word of words) {
    if (word === '') continue
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
      marks.push([sourceAt(at), sourceEnd(sourceAt, at + word.length)])
    }
  }
  return mergeMarks(marks)
}

/** A match that ends inside of what one character became takes all of that character. */
const sourceEnd = (sourceAt: Folded['sourceAt'], unit: number): number => {
  let end = unit
  while (sourceAt(end) === sourceAt(end - 1)) end++
  return sourceAt(end)
}

export const findWords = (text: string, words: readonly string[]): Match | undefined => {
  const whole = fold(text)
  const firsts = words.map((word) => whole.folded.indexOf(word))
  if (words.length === 0 || firsts.some((at) => at < 0)) return undefined

  const first = whole.sourceAt(Math.min(...firsts))
  let start = Math.max(0, Math.min(first - EXCERPT / 4, text.length - EXCERPT))
  let end = Math.min(text.length, start + EXCERPT)
  // never begin or end inside a surrogate pair
  if (!text.slice(start).isWellFormed()) start++
  if (!text.slice(0, end).isWellFormed()) end--
  const before = start > 0 ? '…' : ''
  const marks = marksIn(whole, words)
    .filter(([from, to]) => from >= start && to <= end)
    .map(([from, to]): Mark => [from - start + before.length, to - start + before.length])
  return { excerpt: before + text.slice(start, end) + (end < text.length ? '…' : ''), marks }
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
