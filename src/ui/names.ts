/** How names are shortened: initials for an avatar, by grapheme, in any script. */
const graphemes = (text: string): string[] =>
  Array.from(new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text), ({ segment }) => segment)

const isLetter = (text: string): boolean => /^[\p{L}\p{N}]/u.test(text)

/** At most two graphemes: of the first and the last word that begin with a letter; an emoji name shows the emoji. */
export const initials = (name: string): string => {
  const words = name.trim().split(/\s+/u).filter(Boolean)
  const lettered = words.map((word) => graphemes(word)).filter(([first]) => first !== undefined && isLetter(first))
  const first = lettered[0]?.[0]
  if (first === undefined) return graphemes(name.trim())[0] ?? '?'
  const last = lettered.length > 1 ? lettered.at(-1)?.[0] : undefined
  // joined scripts (Arabic) and ideographs read wrong as a pair of letters
  const paired = last !== undefined && /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u.test(first)
  return (paired ? `${first}${last}` : first).toLocaleUpperCase()
}
