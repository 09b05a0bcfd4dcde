/**
 * The one database. Every write is a strict transaction: when it has committed, the row is on disk and others may be told.
 * Exactly one node writes (ownership lock), so changes are told in memory, after the commit, with the rows themselves.
 */
import { Dexie } from 'dexie'
import type { Table } from 'dexie'
import { AppError } from '../base/errors.ts'
import { createQueue } from '../base/queue.ts'
import { keepInMemory } from './memory.ts'
import type { Memory } from './memory.ts'
import { applySchema, SCHEMA_VERSION } from './migrations.ts'
import type * as rows from './rows.ts'
import { createChanges } from './watch.ts'
import type { Change, Changes } from './watch.ts'

export interface Tables {
  readonly records: Table<rows.RecordRow, string>
  readonly account: Table<rows.AccountRow, string>
  readonly contacts: Table<rows.ContactRow, string>
  readonly places: Table<rows.PlaceRow, string>
  readonly documents: Table<rows.DocumentRow, string>
  readonly sessions: Table<rows.SessionRow, string>
  readonly chats: Table<rows.ChatRecord, string>
  readonly events: Table<rows.EventRow, string>
  readonly messages: Table<rows.MessageRow, string>
  readonly outbox: Table<rows.OutboxRow, string>
  readonly parcels: Table<rows.ParcelRow, string>
  readonly invites: Table<rows.InviteRow, string>
  readonly aside: Table<rows.AsideRow, string>
  readonly seen: Table<rows.SeenRow, string>
  readonly mail: Table<rows.MailRow, string>
  readonly waiting: Table<rows.WaitingRow, string>
  /** Large, as events, messages and notes are: not in memory. */
  readonly parts: Table<rows.PartRow, [string, string]>
  readonly pieces: Table<rows.PieceRow, string>
  readonly notes: Table<rows.NoteRow, string>
  readonly passes: Table<rows.PassRow, string>
  /** Large: sealed pieces of a backup that is being read. */
  readonly staging: Table<rows.StagingRow, string>
}
export type TableName = keyof Tables

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
  /** A consistent look at several tables. */
  read<T>(names: readonly TableName[], body: () => Promise<T>): Promise<T>
  close(): void
}

export interface OpenOptions {
  readonly name?: string
  /** Tests bring their own; the platform's otherwise. */
  readonly indexedDB?: IDBFactory
  readonly IDBKeyRange?: typeof globalThis.IDBKeyRange
  /** Somebody else needs the database: a newer build upgrades it, or the person erased it. We are closed already. */
  readonly onLost?: (why: 'upgraded' | 'deleted' | 'closed') => void
  /** Another build holds the old version open. */
  readonly onBlocked?: () => void
  /** Tests only: called before and after every write; throwing is the crash. */
  readonly onWrite?: (when: 'before' | 'after') => void
}

/** @throws AppError `needs-newer` when a newer version of the app has written here. */
export const openDatabase = async ({
  name = 'cryptochat',
  indexedDB,
  IDBKeyRange,
  onLost,
  onBlocked,
  onWrite
}: OpenOptions = {}): Promise<Db> => {
  const dexie = new Dexie(name, {
    chromeTransactionDurability: 'strict',
    // once it is lost, no later call may open it again under a newer version
    autoOpen: false,
    ...(indexedDB && IDBKeyRange && { indexedDB, IDBKeyRange })
  })
  applySchema(dexie)
  const keeper = keepInMemory(dexie)
  const writing = createQueue()
  dexie.on('blocked', () => onBlocked?.())
  let isOver = false
  const end = (why?: 'upgraded' | 'deleted' | 'closed'): void => {
    if (isOver) return
    isOver = true
    dexie.close()
    if (why !== undefined) onLost?.(why)
  }
  dexie.on('versionchange', (event) => end(event.newVersion === null ? 'deleted' : 'upgraded'))
  dexie.on('close', () => end('closed'))
  try {
    // asked first: Dexie opens a database of a higher version, and adds what it misses
    if ((await installedVersion(indexedDB ?? globalThis.indexedDB, name)) > SCHEMA_VERSION * DEXIE_FACTOR) {
      throw new AppError('needs-newer', 'this browser holds data of a newer version of the app')
    }
    await dexie.open()
    await keeper.load()
  } catch (error) {
    throw toAppError(error)
  }

  const tables = dexie as unknown as Tables
  const changes = createChanges()
  const run = async <T>(mode: 'r' | 'rw', names: readonly TableName[], body: () => Promise<T>): Promise<T> => {
    try {
      // an async function of its own: Dexie keeps a transaction open over native awaits only when it sees one, and a
      // plain arrow that returns a promise is none (browsers then commit between two awaited helpers)
      return await dexie.transaction(mode, [...names], async () => await body())
    } catch (error) {
      throw toAppError(error)
    }
  }

  return {
    tables,
    memory: keeper.memory,
    changes,
    schemaVersion: SCHEMA_VERSION,
    write: (names, body) =>
      writing.run(async () => {
        if (isOver) throw new AppError('not-ready', 'the database was closed')
        onWrite?.('before')
        const change = changes.start()
        const { result, remember } = await run('rw', names, async () => ({
          remember: keeper.follow(Dexie.currentTransaction.idbtrans),
          result: await body(change)
        }))
        remember()
        onWrite?.('after')
        changes.tell(change)
        return result
      }),
    read: (names, body) => run('r', names, body),
    close: () => end()
  }
}

/** Dexie counts versions in tenths. */
const DEXIE_FACTOR = 10

/** 0 when there is none. Nothing is created or changed by asking. */
const installedVersion = (factory: IDBFactory, name: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const asking = factory.open(name)
    let isNew = false
    asking.addEventListener('upgradeneeded', () => {
      isNew = true
      asking.transaction?.abort()
    })
    asking.addEventListener('success', () => {
      const { version } = asking.result
      asking.result.close()
      resolve(version)
    })
    asking.addEventListener('error', (event) => {
      event.preventDefault()
      if (isNew) resolve(0)
      else reject(asking.error)
    })
  })

const toAppError = (error: unknown): unknown => {
  const name = error instanceof Error ? error.name : ''
  const inner = (error as { inner?: { name?: string } } | undefined)?.inner?.name
  const is = (wanted: string): boolean => name === wanted || inner === wanted
  if (is('QuotaExceededError')) return new AppError('quota', 'the disk is full', { cause: error })
  if (is('VersionError'))
    return new AppError('needs-newer', 'this browser holds data of a newer version', { cause: error })
  if (is('DatabaseClosedError') || is('InvalidStateError')) {
    return new AppError('not-ready', 'the database was closed', { cause: error })
  }
  return error
}
