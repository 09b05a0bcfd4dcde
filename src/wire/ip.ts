/** IP addresses as bytes and as their one canonical text (RFC 5952). Anything else is `malformed`. */
import { AppError } from '../base/errors.ts'

const refuse = (): never => {
  throw new AppError('malformed', 'not an IP address')
}

const ip4ToBytes = (text: string): Uint8Array => {
  const parts = text.split('.')
  const ok = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  return ok ? Uint8Array.from(parts, Number) : refuse()
}

const groups = (text: string): number[] => {
  if (text === '') return []
  const parts = text.split(':')
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return refuse()
  return parts.map((part) => Number.parseInt(part, 16))
}

const ip6ToBytes = (text: string): Uint8Array => {
  const halves = text.split('::')
  if (halves.length > 2) return refuse()
  const [left = [], right = []] = halves.map(groups)
  const missing = 8 - left.length - right.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return refuse()
  const all = [...left, ...Array.from({ length: missing }, () => 0), ...right]
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}

export const ipToBytes = (kind: 'ip4' | 'ip6', text: string): Uint8Array =>
  kind === 'ip4' ? ip4ToBytes(text) : ip6ToBytes(text)

const longestZeros = (all: readonly number[]): { start: number; length: number } => {
  let best = { start: -1, length: 1 }
  for (let start = 0; start < all.length; start++) {
    let length = 0
    while (all[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  return best
}

const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')

const bytesToIp6 = (data: Uint8Array): string => {
  const all = Array.from({ length: 8 }, (_, index) => ((data[2 * index] ?? 0) << 8) | (data[2 * index + 1] ?? 0))
  const { start, length } = longestZeros(all)
  return start === -1 ? hex(all) : `${hex(all.slice(0, start))}::${hex(all.slice(start + length))}`
}

export const bytesToIp = (kind: 'ip4' | 'ip6', data: Uint8Array): string => {
  if (data.length !== (kind === 'ip4' ? 4 : 16)) return refuse()
  return kind === 'ip4' ? data.join('.') : bytesToIp6(data)
}
