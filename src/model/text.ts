/** Small rules about text that every room agrees on. */

/** By code unit, the same on every machine: never `localeCompare` for anything that must be equal on two devices. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** At most `max` code units, never half a surrogate pair, with an ellipsis when something was cut. */
export const shorten = (text: string, max: number): string => {
  if (text.length <= max) return text
  const cut = text.slice(0, max - 1)
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`
}
