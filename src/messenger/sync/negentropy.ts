/**
 * LG7: which of two sets has what the other lacks, in a few small messages: range-based set reconciliation, Negentropy V1 as
 * its author specifies it. Items are ordered by time, then id; a message walks over that order in ranges, each skipped,
 * summed up in a fingerprint, or listed. Nothing is remembered between messages; all that comes in is checked.
 */
import { bytesToHex, compareBytes, concat, hexToBytes, sameBytes } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { sha256 } from '../../crypto/hash.ts'

export interface Item {
  readonly time: number
  /** 32 bytes. */
  readonly id: Uint8Array
}

export interface ItemSet {
  readonly items: readonly Item[]
  /** Of the ids before each place, as numbers mod 2^256: a range's sum is a difference of two. */
  readonly sums: readonly bigint[]
}

const VERSION = 0x61
const ID_BYTES = 32
const FINGERPRINT_BYTES = 16
const SKIP = 0
const FINGERPRINT = 1
const ID_LIST = 2
const BUCKETS = 16
const MODULUS = 2n ** 256n
/** Room for the fingerprint of all that did not fit. */
const SPARE = 64

interface Bound {
  readonly time: number
  readonly prefix: Uint8Array
}
const EVERYTHING: Bound = { time: Infinity, prefix: new Uint8Array() }
const NOTHING: Bound = { time: 0, prefix: new Uint8Array() }

const compareItems = (a: Item, b: Item): number => a.time - b.time || compareBytes(a.id, b.id)
/** A shorter prefix stands for itself and zeros. */
const trimmed = (prefix: Uint8Array): Uint8Array => prefix.subarray(0, prefix.findLastIndex((byte) => byte !== 0) + 1)
const compareBounds = (a: Bound, b: Bound): number =>
  a.time === b.time ? compareBytes(trimmed(a.prefix), trimmed(b.prefix)) : a.time - b.time

/** Little-endian. */
const toNumber = (id: Uint8Array): bigint => BigInt(`0x${bytesToHex(id.toReversed())}`)

export const createItemSet = (given: Iterable<Item>): ItemSet => {
  const items = [...given]
    .toSorted(compareItems)
    .filter((item, index, all) => index === 0 || compareItems(all[index - 1] ?? item, item) !== 0)
  const sums = [0n]
  for (const { id } of items) sums.push(((sums.at(-1) ?? 0n) + toNumber(id)) % MODULUS)
  return { items, sums }
}

export const fingerprint = ({ sums }: ItemSet, from: number, to: number): Uint8Array => {
  const sum = ((sums[to] ?? 0n) - (sums[from] ?? 0n) + MODULUS) % MODULUS
  const little = hexToBytes(sum.toString(16).padStart(64, '0')).toReversed()
  return sha256(concat(little, varint(to - from))).slice(0, FINGERPRINT_BYTES)
}

/** The first item that is not below the bound. */
const placeOf = ({ items }: ItemSet, from: number, bound: Bound): number => {
  let [low, high] = [from, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = items[middle]
    const isBelow =
      item !== undefined &&
      (item.time === bound.time ? compareBytes(item.id, bound.prefix) < 0 : item.time < bound.time)
    if (isBelow) low = middle + 1
    else high = middle
  }
  return low
}

// ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const varint = (value: number): Uint8Array => {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) + 128)
  return Uint8Array.from(digits)
}

const malformed = (why: string): never => {
  throw new AppError('malformed', `reconciliation: ${why}`)
}

const createReader = (
  data: Uint8Array
): { isDone(): boolean; take(count: number): Uint8Array; varint(): number; bound(): Bound } => {
  let at = 0
  let lastTime = 0
  const take = (count: number): Uint8Array => {
    if (at + count > data.length) return malformed('it ends too early')
    at += count
    return data.slice(at - count, at)
  }
  const readVarint = (): number => {
    let value = 0
    for (;;) {
      const digit = take(1)[0] ?? 0
      value = value * 128 + (digit & 127)
      if (!Number.isSafeInteger(value)) return malformed('a number too large')
      if (digit < 128) return value
    }
  }
  return {
    isDone: () => at >= data.length,
    take,
    varint: readVarint,
    bound: () => {
      const offset = readVarint()
      lastTime = offset === 0 ? Infinity : lastTime + offset - 1
      const size = readVarint()
      if (size > ID_BYTES) return malformed('a bound too long')
      return { time: lastTime, prefix: take(size) }
    }
  }
}

/** Each range is made apart, so that one which does not fit is left out. */
interface Writer {
  readonly parts: Uint8Array[]
  size: number
  lastTime: number
}
const newWriter = (): Writer => ({ parts: [Uint8Array.of(VERSION)], size: 1, lastTime: 0 })

const putRange = (writer: Writer, { time, prefix }: Bound, mode: number, ...payload: readonly Uint8Array[]): void => {
  const encoded = time === Infinity ? varint(0) : varint(1 + time - writer.lastTime)
  writer.lastTime = time
  const bytes = concat(encoded, varint(prefix.length), prefix, varint(mode), ...payload)
  writer.parts.push(bytes)
  writer.size += bytes.length
}

/** The shortest that separates two neighbours. */
const boundBetween = (before: Item | undefined, { time, id }: Item): Bound => {
  if (before === undefined || before.time !== time) return { time, prefix: new Uint8Array() }
  let shared = 0
  while (shared < ID_BYTES && before.id[shared] === id[shared]) shared++
  return { time, prefix: id.slice(0, shared + 1) }
}

const listOf = (items: readonly Item[]): readonly Uint8Array[] => [varint(items.length), ...items.map(({ id }) => id)]

/** A range that differs: few items are listed, many are summed up in sixteen parts. */
const putSplit = (writer: Writer, set: ItemSet, [from, to]: readonly [number, number], end: Bound): void => {
  const count = to - from
  if (count < BUCKETS * 2) {
    putRange(writer, end, ID_LIST, ...listOf(set.items.slice(from, to)))
    return
  }
  let at = from
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const size = Math.floor(count / BUCKETS) + (bucket < count % BUCKETS ? 1 : 0)
    const next = set.items[at + size]
    const bound = bucket === BUCKETS - 1 || next === undefined ? end : boundBetween(set.items[at + size - 1], next)
    putRange(writer, bound, FINGERPRINT, fingerprint(set, at, at + size))
    at += size
  }
}

// ── the exchange ──────────────────────────────────────────────────────────────────────────────────────────────────

/** The asker's first message. */
export const initiate = (set: ItemSet): Uint8Array => {
  const writer = newWriter()
  putSplit(writer, set, [0, set.items.length], EVERYTHING)
  return concat(...writer.parts)
}

/** @throws AppError `malformed`. */
export const respond = (set: ItemSet, message: Uint8Array, limit: number): Uint8Array => {
  const { next } = walk(set, message, { limit, isAsker: false })
  return next ?? Uint8Array.of(VERSION)
}

export interface Reconciled {
  /** What to ask next; nothing when all is known. */
  readonly next: Uint8Array | undefined
  /** Ids that the other side lacks, and that we lack. */
  readonly have: readonly Uint8Array[]
  readonly need: readonly Uint8Array[]
}

/** @throws AppError `malformed`, or `needs-newer` for another version of the protocol. */
export const reconcile = (set: ItemSet, message: Uint8Array, limit: number): Reconciled =>
  walk(set, message, { limit, isAsker: true })

const walk = (
  set: ItemSet,
  message: Uint8Array,
  { limit, isAsker }: { readonly limit: number; readonly isAsker: boolean }
): Reconciled => {
  const reader = createReader(message)
  const theirs = reader.take(1)[0] ?? 0
  if (theirs < 0x60 || theirs > 0x6f) malformed('not of this protocol')
  if (theirs !== VERSION) {
    if (isAsker) throw new AppError('needs-newer', `reconciliation: version ${theirs}`)
    return { next: undefined, have: [], need: [] }
  }
  const writer = newWriter()
  const have: Uint8Array[] = []
  const need = new Map<string, Uint8Array>()
  let [last, lastPlace, isSkipping] = [NOTHING, 0, false]
  const endSkip = (): void => {
    if (isSkipping) putRange(writer, last, SKIP)
    isSkipping = false
  }
  /** What is left is said in one fingerprint, and comes up again. */
  const putRest = (bound: Bound, place: number): void => {
    putRange(writer, bound, FINGERPRINT, fingerprint(set, place, set.items.length))
  }

  while (!reader.isDone()) {
    const bound = reader.bound()
    if (compareBounds(bound, last) < 0) malformed('bounds that fall')
    const place = placeOf(set, lastPlace, bound)
    const range = [lastPlace, place] as const
    const mode = reader.varint()
    if (mode === SKIP) {
      isSkipping = true
    } else if (mode === FINGERPRINT) {
      if (sameBytes(reader.take(FINGERPRINT_BYTES), fingerprint(set, ...range))) {
        isSkipping = true
      } else {
        endSkip()
        const part: Writer = { parts: [], size: 0, lastTime: writer.lastTime }
        putSplit(part, set, range, bound)
        if (writer.size + part.size > limit - SPARE) {
          putRest(EVERYTHING, lastPlace)
          return { next: concat(...writer.parts), have, need: [...need.values()] }
        }
        writer.parts.push(...part.parts)
        writer.size += part.size
        writer.lastTime = part.lastTime
      }
    } else if (mode === ID_LIST) {
      const count = reader.varint()
      const listed = new Map<string, Uint8Array>()
      for (let index = 0; index < count; index++) {
        const id = reader.take(ID_BYTES)
        listed.set(bytesToHex(id), id)
      }
      const ours = set.items.slice(...range)
      const missing = ours.filter(({ id }) => !listed.delete(bytesToHex(id)))
      if (isAsker) {
        have.push(...missing.map(({ id }) => id))
        for (const [key, id] of listed) need.set(key, id)
        isSkipping = true
      } else if (missing.length === 0 && listed.size === 0) {
        isSkipping = true
      } else {
        endSkip()
        const room = Math.floor((limit - SPARE * 2 - writer.size) / ID_BYTES)
        const fits = ours.slice(0, Math.max(0, room))
        const first = ours[fits.length]
        if (first !== undefined) {
          const end = boundBetween(fits.at(-1) ?? set.items[lastPlace - 1], first)
          if (fits.length > 0) putRange(writer, end, ID_LIST, ...listOf(fits))
          putRest(EVERYTHING, lastPlace + fits.length)
          return { next: concat(...writer.parts), have, need: [...need.values()] }
        }
        putRange(writer, bound, ID_LIST, ...listOf(ours))
      }
    } else {
      malformed('an unknown mode')
    }
    last = bound
    lastPlace = place
  }
  const isDone = writer.parts.length === 1
  return { next: isDone ? undefined : concat(...writer.parts), have, need: [...need.values()] }
}
