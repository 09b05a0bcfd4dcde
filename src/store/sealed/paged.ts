/**
 * A large table: rows of conversations, on disk in sealed pages, of which memory knows only what is where. A page is never
 * changed: a new one takes its place under another id, so what was read belongs together, or is looked for again. The newest
 * rows are in no page yet (`pending`, see `journal.ts`). Inside a write the rows it has put (`draft`) are seen by itself alone.
 */
import { AppError } from '../../base/errors.ts'
import { compareText } from '../../model/text.ts'
import { createLookup, printOf, type Prints } from './lookup.ts'
import { byOrder, cutPages, HOT_ROWS, type Page, type PageRow } from './page.ts'
import type { Batch, Shelves } from './shelves.ts'

/** Part of one chat, by order key. Absent bounds are open. */
export interface Span<Row> {
  readonly from?: string
  readonly after?: string
  readonly before?: string
  readonly upTo?: string
  /** This many of the oldest, or with `newest` of the newest. */
  readonly limit?: number
  readonly newest?: boolean
  readonly where?: (row: Row) => boolean
}

export interface PagedDraft<Row> {
  readonly tx: IDBTransaction
  isOver(): boolean
  /** All that is in no page: what is pending, and what this write has put or (undefined) deleted. */
  readonly rows: Map<string, Row | undefined>
  /** Of those, what this write has touched. */
  readonly own: Set<string>
  /** Chats that are gone as a whole. What was put afterwards is in `rows`. */
  readonly cleared: Set<string>
}

export interface Paged<Row> {
  get(id: string): Promise<Row | undefined>
  bulkGet(ids: readonly string[]): Promise<(Row | undefined)[]>
  /** Oldest first. */
  range(chat: string, span: Span<Row>): Promise<Row[]>
  count(chat: string, span: Span<Row>): Promise<number>
  /** Every row that has `text` among its `also`, oldest first. */
  find(text: string): Promise<Row[]>
  total(): number
  chats(): readonly string[]
  /** Page by page, the newest first; waits for `visit`, which ends it by answering false. As last committed. */
  scan(visit: (rows: readonly Row[]) => Promise<boolean | void> | boolean | void): Promise<void>
  /** Rows that are in no page yet. Another map after every change. */
  pending(): ReadonlyMap<string, Row>
  /** Nowhere in the table before: they may wait for their page. */
  isNew(draft: PagedDraft<Row>): boolean
  addPending(rows: readonly Row[]): void
  /** Puts into `batch` what a write changes on disk; answers what memory does once it has committed. */
  plan(draft: PagedDraft<Row>, batch: Batch): Promise<() => void>
  /** Pages that are sealed under an older keyring: a page of rows each time. */
  old(): readonly Page<Row>[]
  /** Inside a write: seals pages again. */
  renew(pages: readonly Page<Row>[], batch: Batch): Promise<() => void>
  /** At the start. */
  take(found: Omit<Page<Row>, 'slot'>): void
  takeRows(id: string, chat: string, rows: readonly Row[]): void
  ready(): void
  clear(): void
}

export interface PagedOptions<Row> {
  readonly name: string
  /** What else a row is found by. */
  readonly also: (row: Row) => readonly string[]
  readonly shelves: Shelves
  readonly seed: () => number
  /** Of the write that asks, if it is one. */
  readonly draft: () => PagedDraft<Row> | undefined
}

/** Pages as they were read last: a person scrolls, and answers what is new. */
const CACHED = 24
/** Read at once by a scan. */
const STRIDE = 8

export const createPaged = <Row extends PageRow>(options: PagedOptions<Row>): Paged<Row> => {
  const { name, also, shelves, seed, draft } = options
  let pagesByChat = new Map<string, readonly Page<Row>[]>()
  const pageBySlot = new Map<number, Page<Row>>()
  const lookup = createLookup()
  const cache = new Map<string, readonly Row[]>()
  let pending: ReadonlyMap<string, Row> = new Map()
  let lastSlot = 0

  const pagesOf = (chat: string): readonly Page<Row>[] => pagesByChat.get(chat) ?? []
  const textsOf = (row: Row): readonly string[] => [`=${row.id}`, ...also(row).map((text) => `~${text}`)]
  const candidates = (text: string): readonly Page<Row>[] =>
    lookup
      .find(printOf(text, seed()))
      .map((slot) => pageBySlot.get(slot))
      .filter((page) => page !== undefined)

  const remember = (id: string, rows: readonly Row[]): void => {
    cache.delete(id)
    cache.set(id, rows)
    if (cache.size > CACHED) for (const [oldest] of cache) return void cache.delete(oldest)
  }

  const load = async (page: Page<Row>, tx: IDBTransaction | undefined): Promise<readonly Row[]> => {
    const known = page.rows ?? cache.get(page.id)
    const rows = known ?? (await shelves.readPage<readonly Row[]>(page.id, tx))
    if (page.rows === undefined) remember(page.id, rows)
    return rows
  }

  type Drafted = PagedDraft<Row> | undefined
  // every look takes pages and what lies over them at one moment: afterwards a write may have moved rows from there to here
  const get = async (id: string, drafted: Drafted): Promise<Row | undefined> => {
    const over: ReadonlyMap<string, Row | undefined> = drafted?.rows ?? pending
    if (over.has(id)) return over.get(id)
    for (const page of candidates(`=${id}`)) {
      const found = (await load(page, drafted?.tx)).find((row) => row.id === id)
      if (found !== undefined) return drafted?.cleared.has(found.chat) === true ? undefined : found
    }
    return undefined
  }

  const isInside =
    ({ from, after, before, upTo }: Span<Row>) =>
    (order: string): boolean =>
      (from === undefined || order >= from) &&
      (after === undefined || order > after) &&
      (before === undefined || order < before) &&
      (upTo === undefined || order <= upTo)

  const range = async (chat: string, span: Span<Row>, drafted: Drafted): Promise<Row[]> => {
    const { limit = Infinity, newest = false, where } = span
    const inside = isInside(span)
    const over: ReadonlyMap<string, Row | undefined> = drafted?.rows ?? pending
    const wanted = limit + over.size
    const low = span.from ?? span.after ?? ''
    const high = span.before ?? span.upTo
    const found: Row[] = []
    const fits = (row: Row): boolean => inside(row.order) && (where === undefined || where(row))
    const pages = drafted?.cleared.has(chat) === true ? [] : pagesOf(chat)
    const touched = pages.filter(({ first, last }) => last >= low && (high === undefined || first <= high))
    for (const page of newest ? touched.toReversed() : touched) {
      if (found.length >= wanted) break
      const rows = (await load(page, drafted?.tx)).filter((row) => !over.has(row.id) && fits(row))
      if (newest) found.unshift(...rows)
      else found.push(...rows)
    }
    const counted = found.length
    for (const row of over.values()) if (row !== undefined && row.chat === chat && fits(row)) found.push(row)
    if (found.length > counted) found.sort(byOrder)
    if (found.length <= limit) return found
    return newest ? found.slice(found.length - limit) : found.slice(0, limit)
  }

  const count = async (chat: string, span: Span<Row>, drafted: Drafted): Promise<number> => {
    if (drafted !== undefined || span.where !== undefined) return (await range(chat, span, drafted)).length
    const inside = isInside(span)
    const [low, high] = [span.from ?? span.after ?? '', span.before ?? span.upTo]
    // what is pending is in no page
    let sum = [...pending.values()].filter((row) => row.chat === chat && inside(row.order)).length
    for (const page of pagesOf(chat)) {
      if (page.last < low || (high !== undefined && page.first > high)) continue
      const isWhole = inside(page.first) && inside(page.last)
      sum += isWhole ? page.count : (await load(page, undefined)).filter(({ order }) => inside(order)).length
    }
    return sum
  }

  const find = async (text: string, drafted: Drafted): Promise<Row[]> => {
    const over: ReadonlyMap<string, Row | undefined> = drafted?.rows ?? pending
    const found: Row[] = []
    for (const page of candidates(`~${text}`)) {
      found.push(...(await load(page, drafted?.tx)).filter((row) => also(row).includes(text)))
    }
    const kept = found.filter((row) => !over.has(row.id) && drafted?.cleared.has(row.chat) !== true)
    for (const row of over.values()) if (row !== undefined && also(row).includes(text)) kept.push(row)
    return kept.toSorted(byOrder)
  }

  const scan: Paged<Row>['scan'] = async (visit) => {
    const pages = [...pagesByChat.values()].flat().toSorted((a, b) => compareText(b.last, a.last))
    if (pending.size > 0 && (await visit([...pending.values()])) === false) return
    for (let at = 0; at < pages.length; at += STRIDE) {
      const read = pages.slice(at, at + STRIDE).map(async (page) => {
        const known = page.rows ?? cache.get(page.id)
        return known ?? (await shelves.lookAtPage<readonly Row[]>(page.id)) ?? (await again(page))
      })
      for (const rows of await Promise.all(read)) if ((await visit(rows)) === false) return
    }
  }
  /** A page that another took the place of while we went through the rest. */
  const again = ({ chat, first, last }: Page<Row>): Promise<readonly Row[]> =>
    shelves.steadily(() => range(chat, { from: first, upTo: last }, undefined))

  const makePage = (rows: readonly Row[]): Page<Row> => {
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) throw new AppError('internal', `${name}: an empty page`)
    const prints: Prints = new Float64Array(new Set(rows.flatMap(textsOf).map((text) => printOf(text, seed()))))
    const [id, slot, { chat }] = [shelves.newId(), ++lastSlot, first]
    const isHot = rows.length < HOT_ROWS
    return {
      id,
      slot,
      chat,
      count: rows.length,
      first: first.order,
      last: last.order,
      prints,
      rows: isHot ? rows : undefined
    }
  }

  const store = (batch: Batch, page: Page<Row>, rows: readonly Row[]): void => {
    const { id, chat, count: size, first, last, prints } = page
    if (page.rows !== undefined) batch.putRow(id, ['hot', name, chat, rows])
    else {
      batch.putPage(id, rows)
      batch.putRow(id, ['page', name, chat, size, first, last, new Uint8Array(prints.buffer)])
    }
  }
  const enter = (page: Page<Row>): void => {
    pageBySlot.set(page.slot, page)
    for (const print of page.prints) lookup.add(print, page.slot)
  }
  const leave = ({ id, slot, prints }: Page<Row>): void => {
    pageBySlot.delete(slot)
    cache.delete(id)
    for (const print of prints) lookup.remove(print, slot)
  }

  /** One chat's pages after the write. */
  const replan = async (
    chat: string,
    batch: Batch,
    change: { edits: ReadonlyMap<Page<Row>, readonly Row[]>; fresh: readonly Row[]; isCleared: boolean }
  ): Promise<() => void> => {
    const before = pagesOf(chat)
    const loadInside = (page: Page<Row>): Promise<readonly Row[]> => load(page, batch.tx)
    const cuts = await cutPages({ pages: change.isCleared ? [] : before, ...change, load: loadInside })
    const made: { page: Page<Row>; rows: readonly Row[] }[] = []
    const next = cuts.flatMap(({ page, rows }) => {
      if (rows === undefined) return page === undefined ? [] : [page]
      const fresh = makePage(rows)
      made.push({ page: fresh, rows })
      store(batch, fresh, rows)
      return [fresh]
    })
    const kept = new Set(next)
    const gone = before.filter((page) => !kept.has(page))
    for (const { id, rows } of gone) {
      batch.dropRow(id)
      if (rows === undefined) batch.dropPage(id)
    }
    return () => {
      for (const page of gone) leave(page)
      for (const { page, rows } of made) {
        enter(page)
        if (page.rows === undefined) remember(page.id, rows)
      }
      if (next.length > 0) pagesByChat.set(chat, next)
      else pagesByChat.delete(chat)
    }
  }

  const plan: Paged<Row>['plan'] = async (drafted, batch) => {
    const { rows, cleared, own } = drafted
    const edits = new Map<Page<Row>, Row[]>()
    const fresh = new Map<string, Row[]>()
    const chats = new Set(cleared)
    for (const [id, row] of rows) {
      const isReplaced = own.has(id) && (await replace(edits, drafted, id, row))
      if (row === undefined || isReplaced) continue
      chats.add(row.chat)
      const list = fresh.get(row.chat)
      if (list === undefined) fresh.set(row.chat, [row])
      else list.push(row)
    }
    for (const { chat } of edits.keys()) chats.add(chat)
    const applied: (() => void)[] = []
    for (const chat of chats) {
      const isCleared = cleared.has(chat)
      applied.push(await replan(chat, batch, { edits, fresh: fresh.get(chat) ?? [], isCleared }))
    }
    return () => {
      pending = new Map()
      for (const apply of applied) apply()
    }
  }

  /** Puts `row` where `id` stands already; what has moved is taken out there. True when nothing else is to do for it. */
  const replace = async (
    edits: Map<Page<Row>, Row[]>,
    { cleared, tx }: PagedDraft<Row>,
    id: string,
    row: Row | undefined
  ): Promise<boolean> => {
    for (const page of candidates(`=${id}`)) {
      if (cleared.has(page.chat)) continue
      const rows = edits.get(page) ?? [...(await load(page, tx))]
      const at = rows.findIndex((other) => other.id === id)
      if (at === -1) continue
      edits.set(page, rows)
      const isInPlace = row !== undefined && row.chat === page.chat && row.order === rows[at]?.order
      rows.splice(at, 1, ...(isInPlace ? [row] : []))
      return isInPlace
    }
    return false
  }

  const draftedChats = (): readonly string[] =>
    [...(draft()?.rows ?? pending).values()].filter((row) => row !== undefined).map(({ chat }) => chat)

  const steadily = <T>(look: (drafted: Drafted) => Promise<T>): Promise<T> => {
    const drafted = draft()
    const outside = (): Promise<T> => shelves.steadily(() => look(undefined))
    if (drafted === undefined) return outside()
    // somebody else's callback that ran while the write had its turn
    return look(drafted).catch((error: unknown) => {
      if (drafted.isOver()) return outside()
      throw error
    })
  }

  return {
    get: (id) => steadily((drafted) => get(id, drafted)),
    bulkGet: (ids) => steadily((drafted) => Promise.all(ids.map((id) => get(id, drafted)))),
    range: (chat, span) => steadily((drafted) => (span.limit === 0 ? Promise.resolve([]) : range(chat, span, drafted))),
    count: (chat, span) => steadily((drafted) => count(chat, span, drafted)),
    find: (text) => steadily((drafted) => find(text, drafted)),
    total: () => [...pageBySlot.values()].reduce((sum, page) => sum + page.count, pending.size),
    chats: () => [...new Set([...pagesByChat.keys(), ...draftedChats()])],
    pending: () => pending,
    isNew: ({ rows, own, cleared }) =>
      cleared.size === 0 &&
      [...own].every((id) => rows.get(id) !== undefined && !pending.has(id) && candidates(`=${id}`).length === 0),
    addPending: (rows) => {
      pending = new Map([...pending, ...rows.map((row) => [row.id, row] as const)])
    },
    scan,
    plan,
    old: () => [...pageBySlot.values()].filter(({ id }) => !shelves.isCurrent(id)),
    renew: async (pages, batch) => {
      const edits = new Map<Page<Row>, readonly Row[]>()
      for (const page of pages) edits.set(page, await load(page, batch.tx))
      const applied: (() => void)[] = []
      for (const chat of new Set(pages.map((page) => page.chat))) {
        applied.push(await replan(chat, batch, { edits, fresh: [], isCleared: false }))
      }
      return () => {
        for (const apply of applied) apply()
      }
    },
    take: (found) => {
      const page = { ...found, slot: ++lastSlot }
      enter(page)
      const list = pagesByChat.get(page.chat) as Page<Row>[] | undefined
      if (list === undefined) pagesByChat.set(page.chat, [page])
      else list.push(page)
    },
    takeRows: (id, chat, rows) => {
      const { prints, first, last } = makePage(rows)
      const page = { id, slot: ++lastSlot, chat, count: rows.length, first, last, prints, rows }
      enter(page)
      const list = pagesByChat.get(chat) as Page<Row>[] | undefined
      if (list === undefined) pagesByChat.set(chat, [page])
      else list.push(page)
    },
    ready: () => {
      for (const [chat, pages] of pagesByChat) {
        pagesByChat.set(
          chat,
          pages.toSorted((a, b) => compareText(a.first, b.first))
        )
      }
    },
    clear: () => {
      pagesByChat = new Map()
      pending = new Map()
      pageBySlot.clear()
      cache.clear()
      lookup.clear()
    }
  }
}
