/**
 * Rows as bytes, to be sealed: one JSON text and the byte arrays of the row behind it. What goes in comes out equal, as a
 * copy; a field that is undefined is absent afterwards.
 */
import { AppError } from '../../base/errors.ts'

declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }
declare const TextDecoder: new () => { decode(data: Uint8Array): string }

/** An object with this key first is not what it seems: bytes, a map, a number that JSON does not know. */
const MARK = '$'
/** EN5 for our own disk: length of the text, then whether there is a mark in it. */
const HEAD_BYTES = 5

type Fields = Record<string, unknown>

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const pack = (value: unknown): Uint8Array<ArrayBuffer> => {
  const blobs: Uint8Array[] = []
  let blobBytes = 0
  let isMarked = false
  const mark = (kind: unknown, inner?: unknown): Fields => {
    isMarked = true
    return inner === undefined ? { [MARK]: kind } : { [MARK]: kind, v: inner }
  }
  const plain = (item: unknown): unknown => {
    if (item === null || typeof item === 'string' || typeof item === 'boolean') return item
    if (typeof item === 'number')
      return Number.isFinite(item) && !Object.is(item, -0) ? item : mark('number', item === 0 ? '-0' : String(item))
    if (item === undefined) return mark('undefined')
    if (item instanceof Uint8Array) {
      blobs.push(item)
      blobBytes += item.length
      return mark(item.length)
    }
    if (Array.isArray(item)) return item.map(plain)
    if (item instanceof Map) return mark('map', [...item].map(plain))
    if (item instanceof Set) return mark('set', [...item].map(plain))
    if (typeof item !== 'object') throw new AppError('internal', `a ${typeof item} is no plain data`)
    return plainFields(item as Fields)
  }
  const plainFields = (item: Fields): unknown => {
    const proto: unknown = Object.getPrototypeOf(item)
    if (proto !== Object.prototype && proto !== null) throw new AppError('internal', 'only plain objects are stored')
    const names = Object.keys(item)
    if (names.includes(MARK) || names.includes('__proto__')) return mark('entries', Object.entries(item).map(plain))
    const fields: Fields = {}
    for (const name of names) {
      const inner = item[name]
      if (inner !== undefined) fields[name] = plain(inner)
    }
    return fields
  }

  const text = encoder.encode(JSON.stringify(plain(value)))
  const packed = new Uint8Array(HEAD_BYTES + text.length + blobBytes)
  new DataView(packed.buffer).setUint32(0, text.length)
  packed[4] = isMarked ? 1 : 0
  packed.set(text, HEAD_BYTES)
  let at = HEAD_BYTES + text.length
  for (const blob of blobs) {
    packed.set(blob, at)
    at += blob.length
  }
  return packed
}

/** What `pack` made, and nothing else: it was authenticated before. */
export const unpack = (packed: Uint8Array): unknown => {
  const length = new DataView(packed.buffer, packed.byteOffset).getUint32(0)
  let at = HEAD_BYTES + length
  const value: unknown = JSON.parse(decoder.decode(packed.subarray(HEAD_BYTES, at)))
  if (packed[4] === 0) return value

  const unmark = (fields: Fields): unknown => {
    const kind = fields[MARK]
    if (typeof kind === 'number') return packed.slice(at, (at += kind))
    const inner = fields['v']
    if (kind === 'number') return Number(inner)
    if (kind === 'undefined') return undefined
    const items = revive(inner) as readonly [unknown, unknown][]
    if (kind === 'map') return new Map(items)
    if (kind === 'set') return new Set(items)
    return Object.fromEntries(items)
  }
  // in the order in which `plain` went through it, or the bytes would be another's
  const revive = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item
    if (Array.isArray(item)) {
      for (let index = 0; index < item.length; index++) item[index] = revive(item[index])
      return item
    }
    const fields = item as Fields
    if (MARK in fields) return unmark(fields)
    for (const name in fields) fields[name] = revive(fields[name])
    return fields
  }
  return revive(value)
}
