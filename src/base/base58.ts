/** Bitcoin's base58, for did:key and PeerId texts. Bytes in, bytes out, nothing tolerated: quadratic, so inputs are short. */
import { AppError } from './errors.ts'

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]))
/** The longest text we ever meet is a PeerId of 52 letters. */
const MAX_TEXT = 128

export const bytesToBase58 = (data: Uint8Array): string => {
  const digits: number[] = []
  for (const byte of data) {
    let carry = byte
    for (let at = 0; at < digits.length; at++) {
      carry += (digits[at] ?? 0) << 8
      digits[at] = carry % 58
      carry = Math.floor(carry / 58)
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58)
  }
  const zeros = data.findIndex((byte) => byte !== 0)
  const lead = '1'.repeat(zeros === -1 ? data.length : zeros)
  return lead + digits.reduceRight((text, digit) => text + (ALPHABET[digit] ?? ''), '')
}

/** @throws AppError `malformed` on a letter outside the alphabet or an unreasonable length. */
export const base58ToBytes = (text: string): Uint8Array<ArrayBuffer> => {
  if (text.length > MAX_TEXT) throw new AppError('malformed', 'base58 text is too long')
  const bytes: number[] = []
  for (const letter of text) {
    let carry = VALUES.get(letter)
    if (carry === undefined) throw new AppError('malformed', 'not base58')
    for (let at = 0; at < bytes.length; at++) {
      carry += (bytes[at] ?? 0) * 58
      bytes[at] = carry & 0xff
      carry >>= 8
    }
    for (; carry > 0; carry >>= 8) bytes.push(carry & 0xff)
  }
  const zeros = text.length - text.replace(/^1+/, '').length
  return Uint8Array.from([...Array.from({ length: zeros }, () => 0), ...bytes.toReversed()])
}
