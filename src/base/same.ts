/** Whether two plain values (of arrays, objects and bytes) say the same. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]))
  if (!isPlain(a) || !isPlain(b)) return false
  const keysOfA = Object.keys(a)
  return (
    keysOfA.length === Object.keys(b).length &&
    keysOfA.every((key) => isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  )
}

/** Bytes, maps and the like are the same only when they are one and the same. */
const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype
