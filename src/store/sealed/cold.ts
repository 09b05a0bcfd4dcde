/** A large table that is read row by row: memory knows the keys, each row lies in a page of its own. */
import type { Batch, Shelves } from './shelves.ts'
import type { SmallDraft, SmallRow } from './small.ts'

export interface Cold {
  readonly keys: ReadonlyMap<string, string>
  get(key: string, tx: IDBTransaction | undefined): Promise<SmallRow | undefined>
  plan(draft: SmallDraft, batch: Batch): () => void
  old(): readonly string[]
  renew(keys: readonly string[], batch: Batch): Promise<() => void>
  take(id: string, key: string): void
  clear(): void
}

export const createCold = (name: string, shelves: Shelves): Cold => {
  const idByKey = new Map<string, string>()

  const get: Cold['get'] = async (key, tx) => {
    const look = async (): Promise<SmallRow | undefined> => {
      const id = idByKey.get(key)
      return id === undefined ? undefined : await shelves.readPage<SmallRow>(id, tx)
    }
    return tx === undefined ? await shelves.steadily(look) : await look()
  }

  const plan: Cold['plan'] = (draft, batch) => {
    const next: [string, string | undefined][] = []
    for (const [key, row] of draft) {
      const before = idByKey.get(key)
      const id = shelves.idOf(name, key)
      if (before !== undefined && (row === undefined || before !== id)) {
        batch.dropRow(before)
        batch.dropPage(before)
      }
      if (row !== undefined) {
        batch.putPage(id, row)
        if (before !== id) batch.putRow(id, ['cold', name, key])
      }
      next.push([key, row === undefined ? undefined : id])
    }
    return () => {
      for (const [key, id] of next) {
        if (id === undefined) idByKey.delete(key)
        else idByKey.set(key, id)
      }
    }
  }

  return {
    keys: idByKey,
    get,
    plan,
    old: () => [...idByKey].filter(([, id]) => !shelves.isCurrent(id)).map(([key]) => key),
    renew: async (keys, batch) => {
      const draft: SmallDraft = new Map()
      for (const key of keys) draft.set(key, await get(key, batch.tx))
      return plan(draft, batch)
    },
    take: (id, key) => void idByKey.set(key, id),
    clear: () => idByKey.clear()
  }
}
