/** Small rules about text that every room agrees on. */

/** By code unit, the same on every machine: never `localeCompare` for anything that must be equal on two devices. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** At most `max` code units, never half a surrogate pair, with an ellipsis when something was cut. */
export const shorten = (text: string, max: number): string => {
  if (text.length <= max) return text
  const cut = text.slice(0, max - 1)
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`
}

/** Control characters, line ends, and marks that change the direction of whatever follows. */
const UNRULY = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/gu
/** Letters and symbols that are drawn as nothing. */
const BLANK = /[\p{Z}\p{Cf}\u115f\u1160\u2800\u3164\uffa0]|\p{Variation_Selector}/gu

/** Somebody's name for themselves as one harmless line; undefined when nothing of it would be seen. */
export const tidyName = (name: string): string | undefined => {
  const line = name.replace(UNRULY, (run) => (/\s/.test(run) ? ' ' : '')).trim()
  return line.replace(BLANK, '') === '' ? undefined : line
}
