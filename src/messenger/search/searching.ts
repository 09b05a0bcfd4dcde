/**
 * Search over all history. The first question has every message read once, newest first, into an index that lives in memory
 * alone; it is answered by what is there, and every commit keeps it in step. Texts that memory has no room for, the oldest,
 * are read again for each question. Nothing of it is ever written, and it is wiped when the messenger stops (lock) or when
 * nobody has asked for a while.
 */
import { MiB } from '../../base/bytes.ts'
import { findWords, wordsOf } from '../../model/search.ts'
import type { SearchFilter, SearchHit, SearchView } from '../../model/views.ts'
import type { MessageRow } from '../../store/rows.ts'
import { scanNewestFirst } from '../../store/timeline.ts'
import { watch } from '../../store/watch.ts'
import type { Change } from '../../store/watch.ts'
import { inBackground } from '../context.ts'
import type { Context } from '../context.ts'
import { createNames } from '../names.ts'
import { createTextIndex } from './text-index.ts'
import type { Found, TextIndex } from './text-index.ts'

export interface Searching {
  /** Newest first. Waits for the first hits, or for the end; an empty query only makes ready for the next. */
  search(query: string, filter?: SearchFilter): Promise<readonly SearchHit[]>
  /** The hits as they are found, and as they change. */
  watch(query: string, filter?: SearchFilter): AsyncIterable<SearchView>
  stop(): void
}

export const MAX_HITS = 200
const MAX_QUERY_CHARS = 200
/** The first hits come within a second. */
const PATIENCE_MS = 500
const TELL_MS = 250
/** Messages are taken and sent meanwhile. */
const SLICE_MS = 12
/** Nobody has asked for so long: the memory is worth more to others. */
const KEEP_MS = 10 * 60_000
/** A million short messages; more than that is read from the disk. */
const MAX_BYTES = 256 * MiB

interface Building {
  readonly index: TextIndex
  /** Messages that changed while the rest was read: what was read of them may be old. */
  readonly touched: Set<string>
  whole: boolean
  /** There was no room for the oldest. */
  full: boolean
  /** Messages read so far. */
  read: number
  toldAt: number
  askedAt: number
  readonly over: AbortController
  readonly unlisten: () => void
}

export const createSearching = (ctx: Context, maxBytes = MAX_BYTES): Searching => {
  const listeners = new Set<() => void>()
  let building: Building | undefined
  let stopped = false

  /** Counts what was told, so that nothing is missed by who looks while it happens. */
  let news = 0
  const tell = (): void => {
    news++
    for (const listener of listeners) listener()
  }
  const drop = (): void => {
    building?.over.abort()
    building?.unlisten()
    building?.index.wipe()
    building = undefined
    tell()
  }
  const ready = (): Building => {
    building ??= begin()
    building.askedAt = ctx.clock.now()
    return building
  }
  const begin = (): Building => {
    const index = createTextIndex()
    const next: Building = {
      index,
      touched: new Set(),
      whole: false,
      full: false,
      read: 0,
      toldAt: ctx.clock.now(),
      askedAt: 0,
      over: new AbortController(),
      unlisten: ctx.db.changes.listen((change) => follow(ctx, next, change))
    }
    inBackground(ctx, 'search.build-failed', async () => {
      try {
        await readAll(next)
      } catch (error) {
        if (building === next) drop()
        throw error
      }
    })
    void dropLater(next)
    return next
  }
  const readAll = async (mine: Building): Promise<void> => {
    const breathe = createBreath(ctx, mine.over.signal)
    await scanNewestFirst(ctx.db, async (rows) => {
      if (mine.over.signal.aborted) return false
      mine.full ||= mine.index.bytes() >= maxBytes
      if (mine.full) return false
      mine.index.put(rows.filter((row) => isFound(row) && !mine.touched.has(row.id)))
      // looking again costs as much as there is: when it has doubled, or after a while
      const [before, now] = [mine.read, ctx.clock.now()]
      mine.read += rows.length
      if (Math.clz32(before) !== Math.clz32(mine.read) || now - mine.toldAt >= TELL_MS) {
        mine.toldAt = now
        tell()
      }
      await breathe()
      return true
    })
    if (mine.over.signal.aborted) return
    mine.whole = true
    mine.touched.clear()
    ctx.log.info('search.ready', { messages: mine.index.size(), bytes: mine.index.bytes(), full: mine.full })
    tell()
  }
  const dropLater = async (mine: Building): Promise<void> => {
    try {
      while (ctx.clock.now() < mine.askedAt + KEEP_MS || listeners.size > 0)
        await ctx.clock.sleep(KEEP_MS, mine.over.signal)
      if (building === mine) drop()
    } catch (error) {
      // the sleep ends with the index
      if (!mine.over.signal.aborted) throw error
    }
  }

  const find = async (mine: Building, query: string, filter: SearchFilter): Promise<readonly SearchHit[]> => {
    const words = wordsOf(query.slice(0, MAX_QUERY_CHARS))
    if (words.length === 0) return []
    const found = mine.index.find(words, filter, MAX_HITS)
    const older = mine.full && found.length < MAX_HITS ? await findOnDisk(ctx, mine, words, filter) : []
    const names = createNames(ctx)
    const hits: SearchHit[] = []
    for (const { id, chat, author, at, text } of [...found, ...older].slice(0, MAX_HITS)) {
      const match = ctx.db.memory.chats.has(chat) ? findWords(text, words) : undefined
      if (match !== undefined) hits.push({ message: id, chat, author: names.of(author), at, ...match })
    }
    return hits
  }

  return {
    search: async (query, filter = {}) => {
      if (stopped) return []
      const mine = ready()
      if (wordsOf(query).length === 0) return []
      const askedAt = ctx.clock.now()
      for (;;) {
        const { whole } = mine
        const known = news
        const late = ctx.clock.now() - askedAt >= PATIENCE_MS
        const hits = await find(mine, query, filter)
        if (whole || building !== mine || hits.length >= MAX_HITS || (late && hits.length > 0)) return hits
        if (news !== known) continue
        await new Promise<void>((resolve) => {
          const listener = (): void => {
            listeners.delete(listener)
            resolve()
          }
          listeners.add(listener)
        })
      }
    },
    watch: (query, filter = {}) =>
      watch<SearchView>(ctx.db.changes, {
        concerns: ({ messages, gone, chats }) => messages.length > 0 || gone.length > 0 || chats.size > 0,
        also: [
          (listener) => {
            listeners.add(listener)
            return () => listeners.delete(listener)
          }
        ],
        read: async () => {
          if (stopped) return { hits: [], isWhole: true }
          const mine = ready()
          const { whole } = mine
          return { hits: await find(mine, query, filter), isWhole: whole }
        }
      }),
    stop: () => {
      stopped = true
      drop()
    }
  }
}

/** What nobody wrote, and what nobody may read any more, is not found. */
const isFound = ({ removed, text, needsNewer }: MessageRow): boolean => !removed && !needsNewer && text !== ''

const follow = (ctx: Context, { index, touched, whole }: Building, { messages, gone, chats }: Change): void => {
  const dead = new Set(gone.map(({ id }) => id))
  for (const row of messages) if (!isFound(row)) dead.add(row.id)
  const left = new Set([...chats].filter((chat) => !ctx.db.memory.chats.has(chat)))
  if (!whole) {
    for (const { id } of messages) touched.add(id)
    for (const id of dead) touched.add(id)
  }
  if (dead.size > 0 || left.size > 0) index.drop((id, chat) => dead.has(id) || left.has(chat))
  index.put(messages.filter((row) => !dead.has(row.id) && !left.has(row.chat)))
}

/** Lets everything else have its turn, when we have had ours. */
const createBreath = ({ clock }: Context, signal: AbortSignal): (() => Promise<void>) => {
  let began = clock.now()
  return async () => {
    if (clock.now() - began < SLICE_MS || signal.aborted) return
    await clock.sleep(0)
    began = clock.now()
  }
}

/** The newest of those that are not in memory. */
const findOnDisk = async (
  ctx: Context,
  { index, over }: Building,
  words: readonly string[],
  filter: SearchFilter
): Promise<readonly Found[]> => {
  // the same look at them, a page at a time
  const page = createTextIndex()
  const all: Found[] = []
  const breathe = createBreath(ctx, over.signal)
  await scanNewestFirst(ctx.db, async (rows) => {
    page.put(rows.filter((row) => isFound(row) && !index.has(row)))
    all.push(...page.find(words, filter, MAX_HITS))
    page.wipe()
    await breathe()
    return !over.signal.aborted
  })
  return all.toSorted((a, b) => b.at - a.at).slice(0, MAX_HITS)
}
