/** Plain byte tools. Everything here is total on its type; decoding text from outside throws `malformed`. */
import { AppError } from './errors.ts'

declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }
declare const TextDecoder: new (label: string, options: { fatal: boolean }) => { decode(data: Uint8Array): string }
declare const btoa: (binary: string) => string
declare const atob: (text: string) => string

export const KiB = 1024
export const MiB = 1024 * KiB

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/** @throws AppError `malformed` when `data` is not well-formed UTF-8. */
export const utf8ToText = (data: Uint8Array): string => {
  try {
    return decoder.decode(data)
  } catch (cause) {
    throw new AppError('malformed', 'not UTF-8', { cause })
  }
}

export const concat = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Not constant time: for ids and hashes that are public. Secrets are compared in `crypto/`. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}

/** Lexicographic order of byte strings: negative, zero or positive. */
export const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export const bytesToHex = (data: Uint8Array): string => {
  let text = ''
  for (const byte of data) text += HEX[byte] ?? ''
  return text
}

/** @throws AppError `malformed` on anything but pairs of hex digits. */
export const hexToBytes = (text: string): Uint8Array<ArrayBuffer> => {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new AppError('malformed', 'not hex')
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(2 * index, 2 * index + 2), 16)
  )
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export const bytesToBase64url = (data: Uint8Array): string => {
  let binary = ''
  for (let at = 0; at < data.length; at += 8192) binary += String.fromCharCode(...data.subarray(at, at + 8192))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** @throws AppError `malformed` on anything but canonical unpadded base64url (RFC 4648 §5). */
export const base64urlToBytes = (text: string): Uint8Array<ArrayBuffer> => {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) throw new AppError('malformed', 'not base64url')
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  // of the last letter, bits that belong to no byte are zero
  const spare = [0, 0, 0b1111, 0b11][text.length % 4] ?? 0
  if (spare > 0 && (BASE64URL.indexOf(text.slice(-1)) & spare) !== 0) {
    throw new AppError('malformed', 'base64url is not canonical')
  }
  const data = new Uint8Array(binary.length)
  for (let index = 0; index < data.length; index++) data[index] = binary.charCodeAt(index)
  return data
}
