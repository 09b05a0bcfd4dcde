/**
 * Every byte format that leaves the device is declared with this (EN1): a deterministic CBOR map (RFC 8949 §4.2) with
 * small integer keys and a limit on every field. Keys 0–99 are critical: an unknown one is `needs-newer`. Keys from 100
 * are ignored but stay in the bytes. Anything not in the one canonical form is `malformed`: decoding re-encodes and compares.
 */
import { decode as cborDecode, encode as cborEncode } from 'cborg'
import { sameBytes } from '../base/bytes.ts'
import { AppError, assert } from '../base/errors.ts'

/** One value on the wire: how it is checked, turned into what CBOR carries and back, and described for the version pin. */
export interface Kind<T> {
  /** Throws AppError `malformed` or `needs-newer`. `raw` is what CBOR decoded. */
  readonly read: (raw: unknown, where: string) => T
  /** Throws AppError `malformed` when the value breaks its own limit. */
  readonly write: (value: T, where: string) => unknown
  readonly about: unknown
}

const refuse = (where: string, why: string): never => {
  throw new AppError('malformed', `${where}: ${why}`)
}

const checked = <T>(about: unknown, isOk: (value: unknown) => value is T): Kind<T> => {
  const check = (value: unknown, where: string): T =>
    isOk(value) ? value : refuse(where, 'wrong type or over its limit')
  return { read: check, write: check, about }
}

export const bytes = ({ min = 0, max }: { min?: number; max: number }): Kind<Uint8Array> =>
  checked(['bytes', min, max], (v): v is Uint8Array => v instanceof Uint8Array && v.length >= min && v.length <= max)

/** Bytes of one exact length: keys, hashes, salts. */
export const fixed = (size: number): Kind<Uint8Array> => bytes({ min: size, max: size })

/** `max` counts UTF-16 code units; lone surrogates are refused. */
export const text = ({ max }: { max: number }): Kind<string> =>
  checked(['text', max], (v): v is string => typeof v === 'string' && v.length <= max && v.isWellFormed())

export const uint = ({ max = Number.MAX_SAFE_INTEGER }: { max?: number } = {}): Kind<number> =>
  checked(['uint', max], (v): v is number => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0 && v <= max)

/** EN5: the first field (0) of whatever is stored or signed. A higher version than ours is `needs-newer`, never `malformed`. */
export const version = (ours: number): Kind<number> => ({
  read: (raw, where) => {
    if (typeof raw !== 'number' || !Number.isSafeInteger(raw) || raw < 1) return refuse(where, 'not a version')
    if (raw > ours) throw new AppError('needs-newer', `${where}: version ${raw}, we read up to ${ours}`)
    return raw
  },
  write: (value, where) => (value === ours ? value : refuse(where, `we write version ${ours} only`)),
  about: ['version', ours]
})

export const flag: Kind<boolean> = checked(['flag'], (v): v is boolean => typeof v === 'boolean')

export const oneOf = <const T extends string>(...names: readonly T[]): Kind<T> =>
  checked(['oneOf', ...names], (v): v is T => names.includes(v as T))

export const listOf = <T>(kind: Kind<T>, { min = 0, max }: { min?: number; max: number }): Kind<readonly T[]> => {
  const items = (value: unknown, where: string): readonly unknown[] =>
    Array.isArray(value) && value.length >= min && value.length <= max
      ? value
      : refuse(where, 'not a list or over its limit')
  return {
    read: (raw, where) => items(raw, where).map((item, index) => kind.read(item, `${where}[${index}]`)),
    write: (value, where) => items(value, where).map((item, index) => kind.write(item as T, `${where}[${index}]`)),
    about: ['listOf', kind.about, min, max]
  }
}

interface Field<T, Optional extends boolean> {
  readonly tag: number
  readonly kind: Kind<T>
  readonly optional: Optional
}
export const field = <T>(tag: number, kind: Kind<T>): Field<T, false> => ({ tag, kind, optional: false })
export const maybe = <T>(tag: number, kind: Kind<T>): Field<T, true> => ({ tag, kind, optional: true })

// oxlint-disable-next-line typescript/no-explicit-any -- the one place where a field of any type is meant
type Fields = Readonly<Record<string, Field<any, boolean>>>
type ValueOf<F> = F extends Field<infer T, boolean> ? T : never
type Infer<F extends Fields> = {
  readonly [K in keyof F as F[K]['optional'] extends true ? never : K]: ValueOf<F[K]>
} & { readonly [K in keyof F as F[K]['optional'] extends true ? K : never]?: ValueOf<F[K]> | undefined }

export interface Codec<T> extends Kind<T> {
  readonly name: string
  readonly max: number
  /** @throws AppError `malformed` when a value breaks a limit, `too-large` when the whole does. */
  encode(value: T): Uint8Array<ArrayBuffer>
  /** @throws AppError `malformed`, `too-large` or `needs-newer`, nothing else. */
  decode(data: Uint8Array): T
}
export type Of<C> = C extends Codec<infer T> ? T : never

const FIRST_IGNORED_TAG = 100

/** Ours nest four deep; what is deeper only wants to exhaust the stack. */
const MAX_DEPTH = 16

const isKey = (key: unknown): boolean => typeof key === 'string' || Number.isSafeInteger(key)

/** Floats, `undefined` and big integers have more than one spelling or none in JS: nowhere allowed, ignored keys included. */
const isPlain = (value: unknown, depth = 0): boolean => {
  if (value === null || depth > MAX_DEPTH) return false
  if (typeof value === 'number') return Number.isSafeInteger(value)
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1))
  // keys of other types make the library write warnings, for whoever sends them
  if (value instanceof Map) return [...value].every(([key, item]) => isKey(key) && isPlain(item, depth + 1))
  return typeof value === 'string' || typeof value === 'boolean' || value instanceof Uint8Array
}

/** Declares a message: a name, the largest encoding we accept, and numbered fields. Usable as a field of another. */
export const message = <F extends Fields>(name: string, { max }: { max: number }, fields: F): Codec<Infer<F>> => {
  const entries = Object.entries(fields)
  const known = new Set(entries.map(([, f]) => f.tag))
  assert(known.size === entries.length, `${name} uses a field number once`)

  const read = (raw: unknown, where: string): Infer<F> => {
    if (!(raw instanceof Map)) return refuse(where, 'not a map')
    for (const tag of raw.keys()) {
      if (typeof tag !== 'number' || tag < 0) refuse(where, 'a key is not a small integer')
      if (tag < FIRST_IGNORED_TAG && !known.has(tag))
        throw new AppError('needs-newer', `${where}: unknown field ${tag}`)
    }
    const value: Record<string, unknown> = {}
    for (const [key, f] of entries) {
      if (raw.has(f.tag)) value[key] = f.kind.read(raw.get(f.tag), `${where}.${key}`)
      else if (!f.optional) refuse(where, `${key} is missing`)
    }
    return value as Infer<F>
  }

  const write = (value: Infer<F>, where: string): Map<number, unknown> => {
    const map = new Map<number, unknown>()
    for (const [key, f] of entries) {
      const item = (value as Record<string, unknown>)[key]
      if (item === undefined && f.optional) continue
      map.set(f.tag, f.kind.write(item, `${where}.${key}`))
    }
    return map
  }

  return {
    name,
    max,
    about: [name, max, entries.map(([key, f]) => [f.tag, key, f.optional, f.kind.about])],
    read,
    write,
    encode: (value) => {
      // a copy: in Node the library answers a Buffer, which compares, clones and slices differently
      const data = new Uint8Array(cborEncode(write(value, name)))
      if (data.length > max) throw new AppError('too-large', `${name}: ${data.length} > ${max} bytes`)
      return data
    },
    decode: (data) => {
      if (data.length > max) throw new AppError('too-large', `${name}: ${data.length} > ${max} bytes`)
      let raw: unknown
      let isCanonical: boolean
      try {
        raw = cborDecode(data, {
          useMaps: true,
          strict: true,
          allowIndefinite: false,
          allowUndefined: false,
          rejectDuplicateMapKeys: true
        })
        isCanonical = isPlain(raw) && sameBytes(cborEncode(raw), data)
      } catch (cause) {
        throw new AppError('malformed', `${name}: not CBOR`, { cause })
      }
      if (!isCanonical) return refuse(name, 'not canonical CBOR')
      return read(raw, name)
    }
  }
}
