/** Bitcoin's base58, for did:key and PeerId texts. Bytes in, bytes out, nothing tolerated: quadratic, so inputs are short. */
import { AppError } from './errors.ts'

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]))
/** The longest text we ever meet is a PeerId of 52 letters. */
const MAX_TEXT = 128

/** Three bytes and four letters at a time: products stay below 2^53. */
const BYTES = 3
const LETTERS = 4

/** Number times `factor` plus `carry`; limbs below `base`, lowest first. */
const multiplyAdd = (limbs: number[], factor: number, carry: number, base: number): void => {
  let rest = carry
  for (let at = 0; at < limbs.length; at++) {
    const sum = (limbs[at] ?? 0) * factor + rest
    rest = Math.floor(sum / base)
    limbs[at] = sum - rest * base
  }
  for (; rest > 0; rest = Math.floor(rest / base)) limbs.push(rest % base)
}

export const bytesToBase58 = (data: Uint8Array): string => {
  const limbs: number[] = []
  for (let from = 0, to = data.length % BYTES || BYTES; from < data.length; from = to, to += BYTES) {
    let chunk = 0
    for (let at = from; at < to; at++) chunk = chunk * 256 + (data[at] ?? 0)
    multiplyAdd(limbs, 256 ** (to - from), chunk, 58 ** LETTERS)
  }
  let text = ''
  for (const limb of limbs) {
    let rest = limb
    for (let letter = 0; letter < LETTERS; letter++) {
      text = (ALPHABET[rest % 58] ?? '') + text
      rest = Math.floor(rest / 58)
    }
  }
  const zeros = data.findIndex((byte) => byte !== 0)
  return '1'.repeat(zeros === -1 ? data.length : zeros) + text.replace(/^1+/, '')
}

/** @throws AppError `malformed` on a letter outside the alphabet or an unreasonable length. */
export const base58ToBytes = (text: string): Uint8Array<ArrayBuffer> => {
  if (text.length > MAX_TEXT) throw new AppError('malformed', 'base58 text is too long')
  const limbs: number[] = []
  for (let from = 0, to = text.length % LETTERS || LETTERS; from < text.length; from = to, to += LETTERS) {
    let chunk = 0
    for (let at = from; at < to; at++) {
      const value = VALUES.get(text[at] ?? '')
      if (value === undefined) throw new AppError('malformed', 'not base58')
      chunk = chunk * 58 + value
    }
    multiplyAdd(limbs, 58 ** (to - from), chunk, 256 ** BYTES)
  }
  const whole = new Uint8Array(limbs.length * BYTES)
  for (const [index, limb] of limbs.toReversed().entries()) {
    whole.set([limb >> 16, (limb >> 8) & 0xff, limb & 0xff], index * BYTES)
  }
  const first = whole.findIndex((byte) => byte !== 0)
  const number = first === -1 ? new Uint8Array() : whole.subarray(first)
  const bytes = new Uint8Array(text.length - text.replace(/^1+/, '').length + number.length)
  bytes.set(number, bytes.length - number.length)
  return bytes
}
