/**
 * How long somebody who has copied the disk would have to guess, in three words. A hint and no more: it counts characters,
 * words and repetitions and knows no list of popular passwords.
 */
export type Strength = 'weak' | 'fair' | 'strong'

export const MIN_CHARS = 8
/** Each guess costs Argon2id, so that 45 bits are years of a rich attacker. */
const FAIR_BITS = 45
const STRONG_BITS = 60
/** A random word of a list of some thousands. */
const WORD_BITS = 13
const MIN_WORDS = 3

const poolOf = (text: string): number =>
  (/[a-z]/.test(text) ? 26 : 0) +
  (/[A-Z]/.test(text) ? 26 : 0) +
  (/\d/.test(text) ? 10 : 0) +
  (/[^\p{L}\p{N}]/u.test(text) ? 20 : 0) +
  // scripts other than Latin
  (/[^\0-\x7f]/.test(text) ? 100 : 0)

/** "aaaa" and "1234" are one character and a rule. */
const surprising = (text: string): number => {
  const codes = Array.from(text, (char) => char.codePointAt(0) ?? 0)
  return codes.filter((code, index) => {
    const step = code - (codes[index - 1] ?? -9)
    return Math.abs(step) > 1 || index === 0
  }).length
}

export const strengthOf = (text: string): Strength => {
  if (text.length < MIN_CHARS) return 'weak'
  const words = text
    .toLowerCase()
    .split(/[\s\-_.]+/u)
    .filter((word) => word.length > 2)
  const bits =
    words.length >= MIN_WORDS
      ? new Set(words).size * WORD_BITS
      : surprising(text) * Math.log2(Math.max(2, poolOf(text)))
  return bits < FAIR_BITS ? 'weak' : bits < STRONG_BITS ? 'fair' : 'strong'
}
