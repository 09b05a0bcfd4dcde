/** Finding a few letters in a name: case and accents do not count, positions are those of the original text. */
export type Mark = readonly [start: number, end: number]

const foldChar = (char: string): string => char.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()

export const fold = (text: string): string => Array.from(text, foldChar).join('')

/** Where `query` first occurs in `text`. */
export const matchIn = (text: string, query: string): Mark | undefined => {
  const wanted = fold(query.trim())
  if (wanted === '') return undefined
  let folded = ''
  /** Position in `text` of each character of `folded`. */
  const positions: number[] = []
  let at = 0
  for (const char of text) {
    for (const part of foldChar(char)) {
      folded += part
      for (let unit = 0; unit < part.length; unit++) positions.push(at)
    }
    at += char.length
  }
  const found = folded.indexOf(wanted)
  if (found < 0) return undefined
  return [positions[found] ?? 0, positions[found + wanted.length] ?? text.length]
}

/** The text in pieces, every second of them marked. Marks are in order and do not overlap. */
export const pieces = (
  text: string,
  marks: readonly Mark[]
): readonly { readonly text: string; readonly marked: boolean }[] => {
  const parts: { text: string; marked: boolean }[] = []
  let at = 0
  for (const [start, end] of marks) {
    if (start > at) parts.push({ text: text.slice(at, start), marked: false })
    parts.push({ text: text.slice(Math.max(at, start), end), marked: true })
    at = Math.max(at, end)
  }
  if (at < text.length) parts.push({ text: text.slice(at), marked: false })
  return parts
}
