/**
 * Moves what version 1 stored in plain rows into the sealed store, some at a time: sealed and deleted in one transaction, so
 * that whatever ends it in between, the next start goes on. Nothing else is read or written before it is done.
 */
import type { Dexie } from 'dexie'
import { LEGACY } from './migrations.ts'
import type { OutboxRow } from './carried-rows.ts'
import type { TableName, Tables } from './tables.ts'

type Write = (names: readonly TableName[], body: () => Promise<void>, also: readonly string[]) => Promise<void>

/** In memory at once. */
const AT_ONCE = 500

export const moveLegacy = async (dexie: Dexie, tables: Tables, write: Write): Promise<void> => {
  for (const name of Object.keys(LEGACY) as (keyof typeof LEGACY)[]) {
    const table = dexie.table<never, string>(name)
    for (;;) {
      // by the order of a conversation where there is one: pages are then filled one after the other
      const rows = name === 'messages' ? table.orderBy('[chat+order]') : table.toCollection()
      const some = await rows.limit(AT_ONCE).toArray()
      if (some.length === 0) break
      await write(
        name === 'parcels' ? [] : [name],
        async () => {
          if (name !== 'parcels') await (tables[name] as Tables['records']).bulkPut(some.map((row) => fresh(name, row)))
          await table.bulkDelete(some.map((row) => row[table.schema.primKey.keyPath as never]))
        },
        [name]
      )
    }
  }
}

/** Sealed bytes of version 1 are not kept: what they held is sealed again, under the same ids. */
const fresh = (name: string, row: never): never =>
  name === 'outbox' && (row as OutboxRow).state === 'sealed'
    ? ({ ...(row as OutboxRow), state: 'queued' } as never)
    : row
