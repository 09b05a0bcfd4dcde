/**
 * From a text (an event's id, what it is about, its place in a chain) to the pages that may hold it, for a million of them in
 * a few megabytes: only a print of each text is kept. A print can be another text's, so whoever finds a page looks into it.
 */
import { AppError } from '../../base/errors.ts'

/** The prints of one page: in memory and on disk. */
export type Prints = Float64Array<ArrayBuffer>

/**
 * 53 bits (cyrb53). `seed` is a secret of this store: strangers choose ids, and must not be able to choose prints.
 */
export const printOf = (text: string, seed: number): number => {
  let high = 0xdeadbeef ^ seed
  let low = 0x41c6ce57 ^ (seed / 0x1_0000_0000)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index) // half a character is as good as a whole one here
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 0x1_0000_0000 * (low & 0x1f_ffff) + (high >>> 0)
}

export interface Lookup {
  /** `slot`: a small number, from 1. */
  add(print: number, slot: number): void
  remove(print: number, slot: number): void
  find(print: number): readonly number[]
  clear(): void
}

const SMALLEST = 1024
const GONE = -1

/** Open addressing: two typed arrays, and nothing for a garbage collector. */
export const createLookup = (): Lookup => {
  let prints = new Float64Array(SMALLEST)
  let slots = new Int32Array(SMALLEST)
  /** Places that are not empty, those of what is gone included. */
  let taken = 0

  const walk = (print: number, visit: (at: number) => boolean): void => {
    const mask = slots.length - 1
    for (let at = (print >>> 0) & mask; ; at = (at + 1) & mask) if (visit(at)) return
  }

  const put = (print: number, slot: number): void =>
    walk(print, (at) => {
      if (slots[at] !== 0) return false
      prints[at] = print
      slots[at] = slot
      taken++
      return true
    })

  const rebuild = (): void => {
    const [before, beforeSlots] = [prints, slots]
    const living = beforeSlots.reduce((count, slot) => count + (slot > 0 ? 1 : 0), 0)
    const size = Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(living * 3)))
    prints = new Float64Array(size)
    slots = new Int32Array(size)
    taken = 0
    for (const [at, slot] of beforeSlots.entries()) if (slot > 0) put(before[at] ?? 0, slot)
  }

  return {
    add: (print, slot) => {
      if (slot <= 0) throw new AppError('internal', 'slots begin with 1')
      if (taken * 3 >= slots.length * 2) rebuild()
      put(print, slot)
    },
    remove: (print, slot) =>
      walk(print, (at) => {
        if (slots[at] === 0) return true
        if (slots[at] !== slot || prints[at] !== print) return false
        slots[at] = GONE
        return true
      }),
    find: (print) => {
      const found: number[] = []
      walk(print, (at) => {
        const slot = slots[at] ?? 0
        if (slot > 0 && prints[at] === print && !found.includes(slot)) found.push(slot)
        return slot === 0
      })
      return found
    },
    clear: () => {
      prints = new Float64Array(SMALLEST)
      slots = new Int32Array(SMALLEST)
      taken = 0
    }
  }
}
