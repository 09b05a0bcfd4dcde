/** Looking for a word in bytes: ASCII in any case, everything else as it is; and prints that say where looking is in vain. */
import { utf8 } from '../../base/bytes.ts'

/** ASCII capitals as small letters, every other byte as it is. */
const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))

/** Words of 32 bits in a print. */
export const PRINT = 8

/** Sets the bit of every pair of neighbours. */
export const addPairs = (prints: Uint32Array, at: number, bytes: Uint8Array): void => {
  let before = LOWER[bytes[0] ?? 0] as number
  for (let index = 1; index < bytes.length; index++) {
    const byte = LOWER[bytes[index] as number] as number
    const bit = (Math.imul(before, 0x9e3779b1) + Math.imul(byte, 0x85ebca6b)) >>> 24
    prints[at + (bit >>> 5)] = (prints[at + (bit >>> 5)] as number) | (1 << (bit & 31))
    before = byte
  }
}

export const mayHold = (prints: Uint32Array, at: number, wanted: Uint32Array): boolean => {
  for (let word = 0; word < PRINT; word++) {
    const bits = wanted[word] as number
    if (((prints[at + word] as number) & bits) >>> 0 !== bits) return false
  }
  return true
}

/** A word as it is looked for (Horspool): how far to go on after a byte that stands where its last one should. */
export interface Needle {
  readonly bytes: Uint8Array
  readonly skip: Uint8Array
}
const MAX_SKIP = 255

export const toNeedle = (word: string): Needle => {
  const bytes = utf8(word)
  const skip = new Uint8Array(256).fill(Math.min(bytes.length, MAX_SKIP))
  for (let at = 0; at < bytes.length - 1; at++) skip[bytes[at] as number] = Math.min(bytes.length - 1 - at, MAX_SKIP)
  return { bytes, skip }
}

export const occurs = (chunk: Uint8Array, start: number, end: number, { bytes, skip }: Needle): boolean => {
  const last = bytes.length - 1
  for (let at = start + last; at < end;) {
    const byte = LOWER[chunk[at] as number] as number
    if (byte === bytes[last]) {
      let back = 1
      while (back <= last && LOWER[chunk[at - back] as number] === bytes[last - back]) back++
      if (back > last) return true
    }
    at += skip[byte] as number
  }
  return false
}
