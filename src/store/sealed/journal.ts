/**
 * What the last writes changed in small and paged tables, a sealed row of the disk for each write: one message is one row,
 * whatever it touches. When there are enough of them, the next write puts all of it where it belongs (decision 0120). Only
 * rows that are new are left to wait like this: what is changed or deleted is gone from here in the same write (LG5).
 */
import type { Draft } from './drafts.ts'
import type { PageRow } from './page.ts'
import type { Paged } from './paged.ts'
import type { Batch, Shelves } from './shelves.ts'
import type { Small, SmallDraft, SmallRow } from './small.ts'

export interface Journal {
  /** Answers what memory does after the commit, or undefined when all has to be put where it belongs. */
  add(draft: Draft, batch: Batch): (() => void) | undefined
  /** The rows of the disk go; the answer says so in memory. */
  end(batch: Batch): () => void
  isEmpty(): boolean
  /** At the start: what was found, in any order. */
  take(id: string, found: readonly unknown[]): void
  /** At the start: memory holds it. */
  replay(): void
  clear(): void
}

export interface JournalDeps {
  readonly shelves: Shelves
  readonly small: ReadonlyMap<string, Small>
  readonly paged: ReadonlyMap<string, Paged<PageRow>>
  /** Tables whose rows are not all in memory. */
  readonly isApart: (name: string) => boolean
}

const MAX_WRITES = 64
const MAX_BYTES = 1024 * 1024
/** More at once is put where it belongs at once. */
const MAX_ROWS = 32

type SmallPart = readonly [name: string, key: string, row: SmallRow | null]
type PagedPart = readonly [name: string, rows: readonly PageRow[]]

export const createJournal = ({ shelves, small, paged, isApart }: JournalDeps): Journal => {
  const ids = new Set<string>()
  const found: [number, readonly SmallPart[], readonly PagedPart[]][] = []
  let bytes = 0
  let last = 0

  const note = (smallParts: readonly SmallPart[], pagedParts: readonly PagedPart[]): void => {
    for (const [name, key, row] of smallParts) small.get(name)?.note(new Map([[key, row ?? undefined]]))
    for (const [name, rows] of pagedParts) paged.get(name)?.addPending(rows)
  }

  const add: Journal['add'] = (draft, batch) => {
    if (ids.size >= MAX_WRITES || bytes >= MAX_BYTES) return undefined
    const smallParts: SmallPart[] = []
    const pagedParts: PagedPart[] = []
    let count = 0
    for (const name of draft.touched) {
      if (isApart(name)) return undefined
      if (small.has(name)) {
        const rows: SmallDraft = draft.rowsOf(name)
        count += rows.size
        for (const [key, row] of rows) smallParts.push([name, key, row ?? null])
      }
      const table = paged.get(name)
      if (table === undefined) continue
      const drafted = draft.pagedOf(name, table.pending())
      if (!table.isNew(drafted)) return undefined
      const rows = [...drafted.own].map((id) => drafted.rows.get(id)).filter((row) => row !== undefined)
      count += rows.length
      pagedParts.push([name, rows])
    }
    if (count > MAX_ROWS) return undefined
    if (count === 0) return () => undefined
    const id = shelves.newId()
    const size = batch.putRow(id, ['write', ++last, smallParts, pagedParts])
    return () => {
      ids.add(id)
      bytes += size
      note(smallParts, pagedParts)
    }
  }

  return {
    add,
    end: (batch) => {
      for (const id of ids) batch.dropRow(id)
      return () => {
        ids.clear()
        bytes = 0
      }
    },
    isEmpty: () => ids.size === 0,
    take: (id, [number, smallParts, pagedParts]) => {
      ids.add(id)
      found.push([number as number, smallParts as SmallPart[], pagedParts as PagedPart[]])
    },
    replay: () => {
      for (const [number, smallParts, pagedParts] of found.toSorted((a, b) => a[0] - b[0])) {
        last = number
        note(smallParts, pagedParts)
      }
      found.length = 0
    },
    clear: () => {
      ids.clear()
      found.length = 0
      bytes = 0
    }
  }
}
