/**
 * The one database. Every write is a strict transaction: when it has committed, the row is on disk and others may be told.
 * Exactly one node writes (ownership lock), so changes are told in memory, after the commit, with the rows themselves.
 */
import { Dexie } from 'dexie'
import { AppError } from '../base/errors.ts'
import { createQueue } from '../base/queue.ts'
import { type Disk, type DiskOptions, openDisk, toAppError } from './disk.ts'
import { FENCED, passFence, takeEpoch } from './fence.ts'
import { moveLegacy } from './legacy.ts'
import { SCHEMA_VERSION } from './migrations.ts'
import { createDraft, type Draft } from './sealed/drafts.ts'
import { type Batch, createShelves } from './sealed/shelves.ts'
import { createSealedStore } from './sealed/store.ts'
import type { Vault } from './sealed/vault.ts'
import type { Memory, TableName, Tables } from './tables.ts'
import { createChanges } from './watch.ts'
import type { Change, Changes } from './watch.ts'

export type { TableName, Tables } from './tables.ts'

export interface Db {
  readonly tables: Tables
  /** What was last committed, of the tables that fit: no request, and no transaction. */
  readonly memory: Memory
  readonly changes: Changes
  readonly schemaVersion: number
  /**
   * One strict transaction over `names`, and one at a time: until `body` writes, memory says what the tables do. It may await
   * nothing but the tables. The change it filled is told after the commit.
   * @throws AppError `quota` when the disk is full, `not-ready` when the database was closed under us.
   */
  write<T>(names: readonly TableName[], body: (change: Change) => Promise<T>): Promise<T>
  /**
   * Seals again what an older keyring sealed, with `vault` where one is given. A little at a time, and others may write
   * meanwhile; what a crash leaves over is done by the next call.
   */
  renew(vault?: Vault): Promise<void>
  /** Nothing that was in memory is there afterwards, keys included. */
  close(): void
}

export interface OpenOptions extends DiskOptions {
  /** Opened by somebody else, who closes it too. */
  readonly disk?: Disk
  /** What is sealed with from now on, and before it what some of it may still be sealed with. */
  readonly vaults: readonly [Vault, ...Vault[]]
  /** Tests only: called before and after every write; throwing is the crash. */
  readonly onWrite?: (when: 'before' | 'after') => void
}

/**
 * @throws AppError `needs-newer` when a newer version of the app has written here, `untrusted` when a row is not where it
 * was sealed for.
 */
export const openDatabase = async ({ vaults, onWrite, ...options }: OpenOptions): Promise<Db> => {
  const disk = options.disk ?? (await openDisk(options))
  const { dexie } = disk
  const writing = createQueue()
  let settled: Promise<unknown> = Promise.resolve()
  let isOver = false
  /** Ours, among all nodes that ever opened this store. */
  let epoch = 0
  /** The write that is under way. It is recognised by Dexie's zone: whatever else runs meanwhile sees what was committed. */
  let open: { readonly zone: unknown; readonly draft: Draft } | undefined
  const isInside = (): boolean => open !== undefined && Dexie.currentTransaction === open.zone

  const shelves = createShelves({
    first: vaults,
    settled: () => settled,
    database: () => {
      if (isOver || disk.isOver()) throw new AppError('not-ready', 'the database was closed')
      return dexie.backendDB()
    }
  })
  const store = createSealedStore({
    shelves,
    draft: () => (isInside() ? open?.draft : undefined),
    answer: <T>(promise: Promise<T>): Promise<T> => {
      // a promise of Dexie's own brings whoever awaits it back into the zone
      if (isInside()) {
        return new Dexie.Promise((resolve, reject) => void promise.then(resolve, reject)) as unknown as Promise<T>
      }
      return promise.catch((error: unknown) => {
        throw toAppError(error)
      })
    }
  })

  /** One transaction, in its turn; `work` answers what memory does once it has committed. */
  const transact = <T>(
    work: (tx: IDBTransaction) => Promise<{ readonly result: T; readonly apply: () => void }>,
    also: readonly string[] = []
  ): Promise<T> => {
    const run = writing.run(async () => {
      if (isOver || disk.isOver()) throw new AppError('not-ready', 'the database was closed')
      try {
        // an async function of its own: Dexie keeps a transaction open over native awaits only when it sees one, and a
        // plain arrow that returns a promise is none (browsers then commit between two awaited helpers)
        const { result, apply } = await Dexie.ignoreTransaction(() =>
          dexie.transaction(
            'rw',
            ['rows', 'pages', FENCED, ...also],
            async () => await work(Dexie.currentTransaction.idbtrans)
          )
        )
        if (!isOver) apply()
        return result
      } catch (error) {
        throw toAppError(error)
      }
    })
    settled = run.catch(() => undefined) // whoever wrote has the failure
    return run
  }

  const flush = async (batch: Batch): Promise<void> => {
    if (batch.isEmpty()) return
    const passed = passFence(batch.tx, epoch)
    const flushed = batch.flush()
    // all that there is to do is said by now: the disk need not wait for us to hear that each of it was done
    await Promise.all([passed.then(() => batch.tx.commit?.()), flushed])
  }

  const write = async <T>(
    names: readonly TableName[],
    body: (change: Change) => Promise<T>,
    also: readonly string[] = []
  ): Promise<T> => {
    const change = changes.start()
    const result = await transact(async (tx) => {
      onWrite?.('before')
      const draft = createDraft(tx, names)
      open = { zone: Dexie.currentTransaction, draft }
      try {
        const answer = await body(change)
        const batch = shelves.batch(tx)
        const apply = await store.commit(draft, batch)
        await flush(batch)
        return { result: answer, apply }
      } finally {
        draft.end()
        open = undefined
      }
    }, also)
    onWrite?.('after')
    changes.tell(change)
    return result
  }

  const changes = createChanges()
  const close = (): void => {
    if (isOver) return
    isOver = true
    store.clear()
    shelves.wipe()
    if (options.disk === undefined) disk.close()
  }

  try {
    // before anything is read: what others still wrote is there, and they write no more
    await transact(async (tx) => {
      epoch = await takeEpoch(tx)
      return { result: undefined, apply: () => undefined }
    })
    const first = await store.load()
    if (first !== undefined) {
      await transact(async (tx) => {
        const batch = shelves.batch(tx)
        first(batch)
        await flush(batch)
        return { result: undefined, apply: () => undefined }
      })
    }
    await moveLegacy(dexie, store.tables, write)
  } catch (error) {
    close()
    throw toAppError(error)
  }

  return {
    tables: store.tables,
    memory: store.memory,
    changes,
    schemaVersion: SCHEMA_VERSION,
    write: (names, body) => write(names, body),
    renew: async (vault) => {
      if (vault !== undefined) {
        await writing.run(async () => {
          store.age()
          shelves.seal(vault)
        })
      }
      for (let isMore = true; isMore;) {
        isMore = await transact(async (tx) => {
          const batch = shelves.batch(tx)
          const apply = await store.renewSome(batch)
          // what is left of the old keyring now is nobody's, and would not open any more
          if (apply === undefined) await shelves.sweep(batch)
          await flush(batch)
          return { result: apply !== undefined, apply: apply ?? (() => undefined) }
        })
      }
      shelves.forget()
    },
    close
  }
}
