/** A small table: in memory whole as it was last committed, on disk a sealed row each under an id that only the key tells. */
import type { Batch, Shelves } from './shelves.ts'

export type SmallRow = Readonly<Record<string, unknown>>
/** What a write has put (or, undefined, deleted). */
export type SmallDraft = Map<string, SmallRow | undefined>

export interface Small {
  readonly held: ReadonlyMap<string, SmallRow>
  /** A row with what memory does not hold of it. */
  read(key: string, tx: IDBTransaction | undefined): Promise<SmallRow | undefined>
  /** What a write changed, when the journal has it: the row on disk is not what memory holds. */
  note(draft: SmallDraft): void
  /** Puts what a write changed into `batch`, and what only the journal has. */
  plan(draft: SmallDraft, batch: Batch): () => void
  /** Before the ids change: from here on all rows are old. */
  age(): void
  /** Keys of rows that are sealed under an older keyring. */
  old(): readonly string[]
  renew(keys: readonly string[], batch: Batch): Promise<() => void>
  /** At the start. */
  take(id: string, row: SmallRow): void
  clear(): void
}

/** `hidden`: a field that stays on disk and is read when it is asked for. */
export const createSmall = (name: string, keyField: string, shelves: Shelves, hidden?: string): Small => {
  const held = new Map<string, SmallRow>()
  const oldIds = new Map<string, string>()
  const toHeld = (row: SmallRow): SmallRow => (hidden === undefined ? row : { ...row, [hidden]: undefined })

  const read: Small['read'] = async (key, tx) => {
    const row = held.get(key)
    if (row === undefined || hidden === undefined) return row
    return (await shelves.readRow<[string, string, SmallRow]>(oldIds.get(key) ?? shelves.idOf(name, key), tx))[2]
  }

  /** Keys whose newest row only the journal has. */
  const stale = new Set<string>()

  const plan: Small['plan'] = (draft, batch) => {
    const all = new Map(draft)
    for (const key of stale) if (!all.has(key)) all.set(key, held.get(key))
    for (const [key, row] of all) {
      const old = oldIds.get(key)
      if (old !== undefined) batch.dropRow(old)
      if (row !== undefined) batch.putRow(shelves.idOf(name, key), ['row', name, row])
      else if (old === undefined && (held.has(key) || stale.has(key))) batch.dropRow(shelves.idOf(name, key))
    }
    return () => {
      for (const key of all.keys()) oldIds.delete(key)
      stale.clear()
      hold(draft)
    }
  }
  const hold = (draft: SmallDraft): void => {
    for (const [key, row] of draft) {
      if (row === undefined) held.delete(key)
      else held.set(key, toHeld(row))
    }
  }

  return {
    held,
    read,
    note: (draft) => {
      hold(draft)
      for (const key of draft.keys()) stale.add(key)
    },
    plan,
    age: () => {
      for (const key of [...held.keys(), ...stale]) if (!oldIds.has(key)) oldIds.set(key, shelves.idOf(name, key))
    },
    old: () => [...oldIds.keys()],
    renew: async (keys, batch) => {
      const draft: SmallDraft = new Map()
      for (const key of keys) {
        const row = await read(key, batch.tx)
        if (row !== undefined) draft.set(key, row)
      }
      return plan(draft, batch)
    },
    take: (id, row) => {
      const key = String(row[keyField])
      held.set(key, toHeld(row))
      if (!shelves.isCurrent(id)) oldIds.set(key, id)
    },
    clear: () => {
      held.clear()
      oldIds.clear()
      stale.clear()
    }
  }
}
