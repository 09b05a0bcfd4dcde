/**
 * All tables over their sealed disk. Reading inside a write goes through its draft; committing seals what the draft holds
 * into the write's transaction, and memory follows only when that has committed.
 */
import { AppError } from '../../base/errors.ts'
import type { EventRow } from '../rows.ts'
import {
  ALSO_BY_PAGED,
  COLD_NAMES,
  KEY_BY_SMALL,
  KEYS_BY_COLD,
  type ColdName,
  type ColdTable,
  type Memory,
  type PagedName,
  type PagedTable,
  SMALL_NAMES,
  type SmallName,
  type Table,
  type TableName,
  type Tables
} from '../tables.ts'
import { createCold, type Cold } from './cold.ts'
import { createDraft, type Draft } from './drafts.ts'
import { createJournal } from './journal.ts'
import { printOf } from './lookup.ts'
import type { PageRow } from './page.ts'
import { createPaged, type Paged, type PagedDraft } from './paged.ts'
import type { Batch, Shelves } from './shelves.ts'
import { createSmall, type Small, type SmallDraft, type SmallRow } from './small.ts'

export interface SealedStore {
  readonly tables: Tables
  readonly memory: Memory
  /** Reads what is there; the answer is what a new store has to write first. */
  load(): Promise<((batch: Batch) => void) | undefined>
  /** Inside the write that made `draft`: all of it goes to `batch`; answers what memory does afterwards. */
  commit(draft: Draft, batch: Batch): Promise<() => void>
  /** Before another vault takes over. */
  age(): void
  /** Inside a write: seals some of what an older keyring sealed. Answers undefined when there is nothing left. */
  renewSome(batch: Batch): Promise<(() => void) | undefined>
  clear(): void
}

export interface SealedStoreDeps {
  readonly shelves: Shelves
  /** Of the write that is asking. */
  readonly draft: () => Draft | undefined
  /** Hands an answer to whoever asked, inside or outside of a write. */
  readonly answer: <T>(promise: Promise<T>) => Promise<T>
}

/** The newest events: two batches of the most, and the ends of some dozens of chats. */
const MAX_EVENTS = 256
/** Sealed again in one write. */
const RENEWED_ROWS = 500
const RENEWED_PAGES = 16

const coldKey = (key: string | readonly string[]): string => (typeof key === 'string' ? key : key.join('\n'))

export const createSealedStore = ({ shelves, draft, answer }: SealedStoreDeps): SealedStore => {
  let seed = 0
  let seedId = ''
  const small = new Map<SmallName, Small>(
    SMALL_NAMES.map((name) => [
      name,
      createSmall(name, KEY_BY_SMALL[name], shelves, name === 'account' ? 'keys' : undefined)
    ])
  )
  const cold = new Map<ColdName, Cold>(COLD_NAMES.map((name) => [name, createCold(name, shelves)]))
  const paged: ReadonlyMap<PagedName, Paged<PageRow>> = new Map(
    (['events', 'messages'] as const).map((name): [PagedName, Paged<PageRow>] => [
      name,
      createPaged<PageRow>({
        name,
        also: ALSO_BY_PAGED[name] as (row: PageRow) => readonly string[],
        shelves,
        seed: () => seed,
        draft: () => {
          const drafted = draft()
          if (drafted === undefined) return undefined
          const pending = paged.get(name)?.pending() ?? new Map<string, PageRow>()
          return drafted.touched.has(name) ? drafted.pagedOf(name, pending) : untouched(drafted, pending)
        }
      })
    ])
  )
  const journal = createJournal({ shelves, small, paged, isApart: (name) => name === 'account' })
  const recent = new Map<string, EventRow>()

  const drafting = (name: TableName): Draft => {
    const drafted = draft()
    if (drafted === undefined) throw new AppError('internal', `${name} is written outside of a write`)
    return drafted
  }
  const later = <T>(work: () => Promise<T> | T): Promise<T> => answer((async () => await work())())
  const draftOf = (name: TableName): SmallDraft | undefined => {
    const drafted = draft()
    return drafted?.touched.has(name) === true ? drafted.rowsOf(name) : undefined
  }

  const byKey = (
    name: SmallName | ColdName,
    source: {
      keyOf(row: SmallRow): string
      keys(): Iterable<string>
      read(key: string, tx: IDBTransaction | undefined): Promise<SmallRow | undefined>
    }
  ): ColdTable<SmallRow, string | readonly string[]> => {
    const getNow = (key: string): Promise<SmallRow | undefined> => {
      const drafted = draftOf(name)
      return drafted?.has(key) === true ? Promise.resolve(drafted.get(key)) : source.read(key, draft()?.tx)
    }
    const keysNow = (): string[] => {
      const drafted = draftOf(name)
      if (drafted === undefined) return [...source.keys()]
      const kept = [...source.keys()].filter((key) => !drafted.has(key))
      return [...kept, ...[...drafted].filter(([, row]) => row !== undefined).map(([key]) => key)]
    }
    const put = (rows: readonly SmallRow[]): void => {
      const rowsOf = drafting(name).rowsOf(name)
      for (const row of rows) rowsOf.set(source.keyOf(row), row)
    }
    const remove = (keys: readonly string[]): void => {
      const rowsOf = drafting(name).rowsOf(name)
      for (const key of keys) rowsOf.set(key, undefined)
    }
    // what is asked for is decided at once: afterwards nobody knows any more which write it was that asked
    const readAll = (keys: readonly string[]): Promise<(SmallRow | undefined)[]> =>
      answer(Promise.all(keys.map(getNow)))
    return {
      get: (key) => answer(getNow(coldKey(key))),
      bulkGet: (keys) => readAll(keys.map(coldKey)),
      put: (row) => later(() => put([row])),
      bulkPut: (rows) => later(() => put(rows)),
      delete: (key) => later(() => remove([coldKey(key)])),
      bulkDelete: (keys) => later(() => remove(keys.map(coldKey))),
      clear: () => later(() => remove(keysNow())),
      toArray: async () => (await readAll(keysNow())).filter((row) => row !== undefined),
      count: () => later(() => keysNow().length),
      keys: () => [...source.keys()].map((key) => (key.includes('\n') ? key.split('\n') : key))
    }
  }

  const pagedTable = (name: PagedName): PagedTable<PageRow> => {
    const source = paged.get(name)
    if (source === undefined) throw new AppError('internal', name)
    const put = (rows: readonly PageRow[]): void => {
      const drafted = drafting(name).pagedOf(name, source.pending())
      for (const row of rows) {
        drafted.rows.set(row.id, row)
        drafted.own.add(row.id)
      }
    }
    const remove = (ids: readonly string[]): void => {
      const drafted = drafting(name).pagedOf(name, source.pending())
      for (const id of ids) {
        drafted.rows.set(id, undefined)
        drafted.own.add(id)
      }
    }
    const clearChat = (chat: string): void => {
      const drafted = drafting(name).pagedOf(name, source.pending())
      drafted.cleared.add(chat)
      for (const [id, row] of drafted.rows) if (row?.chat === chat) drafted.rows.delete(id)
    }
    const toArray = async (): Promise<PageRow[]> =>
      (await Promise.all(source.chats().map((chat) => source.range(chat, {})))).flat()
    return {
      get: (id) => answer(source.get(id)),
      bulkGet: (ids) => answer(source.bulkGet(ids)),
      put: (row) => later(() => put([row])),
      bulkPut: (rows) => later(() => put(rows)),
      delete: (id) => later(() => remove([id])),
      bulkDelete: (ids) => later(() => remove(ids)),
      clear: () => later(() => source.chats().forEach(clearChat)),
      clearChat: (chat) => later(() => clearChat(chat)),
      toArray: () => answer(toArray()),
      count: async () => (draft() === undefined ? source.total() : (await answer(toArray())).length),
      range: (chat, span) => answer(source.range(chat, span)),
      countIn: (chat, span) => answer(source.count(chat, span)),
      find: (text) => answer(source.find(text)),
      scan: source.scan
    }
  }

  const tables = Object.fromEntries([
    ...[...small].map(([name, table]): [string, Table<SmallRow>] => {
      const field = KEY_BY_SMALL[name]
      const keyOf = (row: SmallRow): string => String(row[field])
      return [name, byKey(name, { keyOf, keys: () => table.held.keys(), read: table.read })]
    }),
    ...[...cold].map(([name, table]): [string, unknown] => {
      const fields = KEYS_BY_COLD[name]
      const keyOf = (row: SmallRow): string => fields.map((field) => String(row[field])).join('\n')
      return [name, byKey(name, { keyOf, keys: () => table.keys.keys(), read: table.get })]
    }),
    ['events', pagedTable('events')],
    ['messages', pagedTable('messages')]
  ]) as unknown as Tables

  const memory = Object.fromEntries([
    ...[...small].map(([name, { held }]) => [name, held]),
    ['events', recent]
  ]) as unknown as Memory

  const keepRecent = ({ rows, own, cleared }: PagedDraft<PageRow>): void => {
    if (cleared.size > 0) for (const [id, row] of recent) if (cleared.has(row.chat)) recent.delete(id)
    for (const id of own) {
      // the last written is the last to be forgotten
      recent.delete(id)
      const row = rows.get(id)
      if (row !== undefined) recent.set(id, row as EventRow)
    }
    for (const oldest of recent.keys()) {
      if (recent.size <= MAX_EVENTS) break
      recent.delete(oldest)
    }
  }

  /** What stands in a row of the disk, by its first word. */
  const take = (id: string, value: unknown): void => {
    const [kind, name, ...rest] = value as readonly [string, never, ...unknown[]]
    if (kind === 'row') small.get(name)?.take(id, rest[0] as SmallRow)
    else if (kind === 'write') journal.take(id, [name, ...rest])
    else if (kind === 'cold') cold.get(name)?.take(id, rest[0] as string)
    else if (kind === 'hot') paged.get(name)?.takeRows(id, rest[0] as string, rest[1] as readonly PageRow[])
    else if (kind === 'page') {
      const [chat, count, first, last, prints] = rest as [string, number, string, string, Uint8Array<ArrayBuffer>]
      const table = paged.get(name)
      table?.take({ id, chat, count, first, last, prints: new Float64Array(prints.buffer), rows: undefined })
    } else if (kind !== 'seed') throw new AppError('needs-newer', 'a row of an unknown kind')
  }

  /** Everything that only the journal has, and what the write changed, where it belongs. */
  const putAll = async (drafted: Draft, batch: Batch): Promise<() => void> => {
    const applied = [journal.end(batch)]
    for (const [name, table] of small) {
      applied.push(table.plan(drafted.touched.has(name) ? drafted.rowsOf(name) : new Map(), batch))
    }
    for (const [name, table] of paged) {
      const pending = table.pending()
      const isTouched = drafted.touched.has(name)
      if (!isTouched && pending.size === 0) continue
      applied.push(await table.plan(isTouched ? drafted.pagedOf(name, pending) : untouched(drafted, pending), batch))
    }
    return () => {
      for (const apply of applied) apply()
    }
  }

  return {
    tables,
    memory,
    load: async () => {
      const found: [string, unknown][] = []
      await shelves.readRows((id, value) => {
        const [kind, number] = value as readonly [string, unknown]
        if (kind === 'seed') [seedId, seed] = [id, number as number]
        found.push([id, value])
      })
      const isNew = seed === 0
      if (isNew) [seedId, seed] = [shelves.idOf('', 'seed'), printOf(shelves.newId(), 0)]
      for (const [id, value] of found) take(id, value)
      for (const table of paged.values()) table.ready()
      journal.replay()
      return isNew ? (batch) => batch.putRow(seedId, ['seed', seed]) : undefined
    },
    commit: async (drafted, batch) => {
      const applied: (() => void)[] = []
      for (const [name, table] of cold) {
        if (drafted.touched.has(name)) applied.push(table.plan(drafted.rowsOf(name), batch))
      }
      applied.push(journal.add(drafted, batch) ?? (await putAll(drafted, batch)))
      if (drafted.touched.has('events')) {
        const rows = drafted.pagedOf<PageRow>('events', new Map())
        applied.push(() => keepRecent(rows))
      }
      return () => {
        for (const apply of applied) apply()
      }
    },
    age: () => {
      for (const table of small.values()) table.age()
    },
    renewSome: async (batch) => {
      if (!journal.isEmpty()) return await putAll(createDraft(batch.tx, []), batch)
      for (const table of [...small.values(), ...cold.values()]) {
        const keys = table.old().slice(0, RENEWED_ROWS)
        if (keys.length > 0) return await table.renew(keys, batch)
      }
      for (const table of paged.values()) {
        const pages = table.old().slice(0, RENEWED_PAGES)
        if (pages.length > 0) return await table.renew(pages, batch)
      }
      if (shelves.isCurrent(seedId)) return undefined
      const id = shelves.idOf('', 'seed')
      batch.dropRow(seedId)
      batch.putRow(id, ['seed', seed])
      return () => void (seedId = id)
    },
    clear: () => {
      for (const table of [...small.values(), ...cold.values(), ...paged.values()]) table.clear()
      journal.clear()
      recent.clear()
      seed = 0
    }
  }
}

/** What a write sees of a table that it has not touched. */
const untouched = ({ tx, isOver }: Draft, pending: ReadonlyMap<string, PageRow>): PagedDraft<PageRow> => ({
  tx,
  isOver,
  rows: pending as Map<string, PageRow | undefined>,
  own: new Set(),
  cleared: new Set()
})
