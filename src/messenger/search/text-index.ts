/**
 * The texts of all messages in memory, in bytes that can be counted and wiped, newest found first. There are no postings: each
 * text has a print of 256 bits, one for every pair of neighbours in it, and only where all pairs of a word may be is the text
 * itself looked through. What is looked for may stand anywhere in a word, and a hundred thousand texts take milliseconds.
 * A text whose folded form is more than ASCII in lower case is kept twice, as it was and folded.
 */
import { MiB, utf8, utf8ToText } from '../../base/bytes.ts'
import type { ChatId, Did, MessageId } from '../../model/ids.ts'
import { foldText, isAscii } from '../../model/search.ts'
import { compareText } from '../../model/text.ts'
import type { SearchFilter } from '../../model/views.ts'
import type { MessageRow } from '../../store/rows.ts'
import { addPairs, mayHold, occurs, PRINT, toNeedle } from './needle.ts'

export type IndexedRow = Pick<MessageRow, 'id' | 'chat' | 'author' | 'order' | 'time' | 'arrivedAt' | 'text'>

export interface Found {
  readonly id: MessageId
  readonly chat: ChatId
  readonly author: Did
  readonly at: number
  readonly text: string
}

export interface TextIndex {
  /** Messages in it. */
  size(): number
  /** What it takes of memory, texts and the rest together, nearly. */
  bytes(): number
  has(row: Pick<MessageRow, 'id' | 'order'>): boolean
  /** New ones, and those that read otherwise now. */
  put(rows: readonly IndexedRow[]): void
  drop(isGone: (id: MessageId, chat: ChatId) => boolean): void
  /** Every word must occur; newest first. */
  find(words: readonly string[], filter: SearchFilter, max: number): readonly Found[]
  /** Overwrites every text. */
  wipe(): void
}

interface Entry {
  readonly id: MessageId
  readonly chat: ChatId
  readonly author: Did
  /** Place in time over all chats: what the order key begins with. */
  readonly place: number
  readonly depth: number
  readonly at: number
  chunk: Uint8Array
  start: number
  /** Length of the text; the folded form, where it is kept too, follows it. */
  length: number
  folded: number
  /** Where its print is. */
  readonly slot: number
}

const CHUNK_BYTES = MiB
const FIRST_SLOTS = 1024
/** An entry's own object, its id, its place in the list and its print. */
const ENTRY_BYTES = 232
/** Wasted bytes are worth a tidying when they are as many as those in use. */
const MIN_WASTE = 4 * MiB

/** LG3: order keys begin with time and tick in base 36. */
const TIME_DIGITS = 11
const TICK_DIGITS = 4
const TICKS = 4096
const EPOCH = Date.UTC(2020, 0)

const placeOf = (order: string): number => {
  const time = Number.parseInt(order.slice(0, TIME_DIGITS), 36)
  const tick = Number.parseInt(order.slice(TIME_DIGITS, TIME_DIGITS + TICK_DIGITS), 36)
  return (time - EPOCH) * TICKS + Math.min(tick, TICKS - 1)
}

const compareEntries = (a: Entry, b: Entry): number =>
  a.place - b.place || a.depth - b.depth || a.at - b.at || compareText(a.id, b.id)

const one = <Id>(known: Map<Id, Id>, id: Id): Id => {
  const first = known.get(id)
  if (first === undefined) known.set(id, id)
  return first ?? id
}

export const createTextIndex = (): TextIndex => {
  /** Oldest first. */
  let entries: Entry[] = []
  let chunks: Uint8Array[] = []
  /** Bytes used of the last chunk. */
  let used = CHUNK_BYTES
  let live = 0
  let wasted = 0
  let prints = new Uint32Array(PRINT * FIRST_SLOTS)
  let slots = 0
  /** Of those that are gone. */
  let freeSlots: number[] = []
  /** Every row comes with its own copy of these. */
  const chats = new Map<ChatId, ChatId>()
  const authors = new Map<Did, Did>()

  const store = (bytes: Uint8Array, size: number): { readonly chunk: Uint8Array; readonly start: number } => {
    let chunk = chunks.at(-1)
    if (chunk === undefined || used + size > chunk.length) {
      chunk = new Uint8Array(Math.max(CHUNK_BYTES, size))
      chunks.push(chunk)
      used = 0
    }
    const start = used
    chunk.set(bytes, start)
    used += size
    live += size
    return { chunk, start }
  }
  const newPrint = (bytes: Uint8Array): number => {
    const slot = freeSlots.pop() ?? slots++
    if (prints.length < PRINT * slots) {
      const larger = new Uint32Array(prints.length * 2)
      larger.set(prints)
      prints = larger
    }
    prints.fill(0, PRINT * slot, PRINT * (slot + 1))
    addPairs(prints, PRINT * slot, bytes)
    return slot
  }
  const toEntry = ({ id, chat, author, order, time, arrivedAt, text }: IndexedRow): Entry => {
    const source = utf8(text)
    const folded = isAscii(text) ? undefined : utf8(foldText(text))
    const both = new Uint8Array(source.length + (folded?.length ?? 0))
    both.set(source)
    if (folded !== undefined) both.set(folded, source.length)
    const at = Math.min(time, arrivedAt)
    const rest = { place: placeOf(order), depth: order.length, at, length: source.length, folded: folded?.length ?? 0 }
    const slot = newPrint(folded ?? source)
    return { id, chat: one(chats, chat), author: one(authors, author), slot, ...rest, ...store(both, both.length) }
  }
  const forget = ({ chunk, start, length, folded, slot }: Entry): void => {
    freeSlots.push(slot)
    chunk.fill(0, start, start + length + folded)
    live -= length + folded
    wasted += length + folded
  }
  const tidy = (): void => {
    if (wasted < Math.max(MIN_WASTE, live)) return
    const old = chunks
    chunks = []
    live = 0
    wasted = 0
    for (const entry of entries) {
      const size = entry.length + entry.folded
      Object.assign(entry, store(entry.chunk.subarray(entry.start, entry.start + size), size))
    }
    for (const chunk of old) chunk.fill(0)
  }

  /** The first that stands at `place` or after it. */
  const lowerBound = (place: number): number => {
    let [low, high] = [0, entries.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((entries[middle]?.place ?? 0) < place) low = middle + 1
      else high = middle
    }
    return low
  }
  const indexOf = ({ id, order }: Pick<MessageRow, 'id' | 'order'>): number => {
    const place = placeOf(order)
    for (let at = lowerBound(place); entries[at]?.place === place; at++) if (entries[at]?.id === id) return at
    return -1
  }
  /** Mostly what comes is newer than all, or (while it is built) older than all. */
  const merge = (fresh: readonly Entry[]): void => {
    const merged: Entry[] = []
    let next = 0
    const [first] = fresh
    if (first === undefined) return
    const start = lowerBound(first.place)
    for (let at = start; at < entries.length; at++) {
      const entry = entries[at] as Entry
      for (let other = fresh[next]; other !== undefined && compareEntries(other, entry) < 0; other = fresh[++next])
        merged.push(other)
      merged.push(entry)
    }
    for (; next < fresh.length; next++) merged.push(fresh[next] as Entry)
    if (start === 0) entries = merged
    else {
      entries.length = start
      for (const entry of merged) entries.push(entry)
    }
  }
  const put = (rows: readonly IndexedRow[]): void => {
    const fresh: Entry[] = []
    for (const row of rows) {
      const at = indexOf(row)
      const known = entries[at]
      const entry = toEntry(row)
      if (known === undefined) fresh.push(entry)
      else {
        forget(known)
        entries[at] = entry
      }
    }
    merge(fresh.toSorted(compareEntries))
    tidy()
  }

  const fits = (entry: Entry, { chat, author, from, to }: SearchFilter): boolean =>
    (chat === undefined || entry.chat === chat) &&
    (author === undefined || entry.author === author) &&
    (from === undefined || entry.at >= from) &&
    (to === undefined || entry.at < to)

  return {
    size: () => entries.length,
    bytes: () => chunks.reduce((sum, { length }) => sum + length, 0) + entries.length * ENTRY_BYTES,
    has: (row) => indexOf(row) >= 0,
    put,
    drop: (isGone) => {
      entries = entries.filter((entry) => {
        if (!isGone(entry.id, entry.chat)) return true
        forget(entry)
        return false
      })
      tidy()
    },
    find: (words, filter, max) => {
      // the longest first: it is the rarest
      const wanted = words.toSorted((a, b) => b.length - a.length).map(toNeedle)
      const print = new Uint32Array(PRINT)
      for (const { bytes } of wanted) addPairs(print, 0, bytes)
      const found: Found[] = []
      for (let index = entries.length - 1; index >= 0 && found.length < max; index--) {
        const entry = entries[index]
        if (entry === undefined || !mayHold(prints, PRINT * entry.slot, print) || !fits(entry, filter)) continue
        const { id, chat, author, at, chunk, start, length, folded } = entry
        const from = folded === 0 ? start : start + length
        const end = from + (folded === 0 ? length : folded)
        if (!wanted.every((word) => occurs(chunk, from, end, word))) continue
        found.push({ id, chat, author, at, text: utf8ToText(chunk.subarray(start, start + length)) })
      }
      return found
    },
    wipe: () => {
      for (const chunk of chunks) chunk.fill(0)
      entries = []
      chunks = []
      prints.fill(0)
      prints = new Uint32Array(PRINT * FIRST_SLOTS)
      slots = 0
      freeSlots = []
      chats.clear()
      authors.clear()
      used = CHUNK_BYTES
      live = 0
      wasted = 0
    }
  }
}
