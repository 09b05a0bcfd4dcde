/**
 * The database as the browser has it: opened, watched, closed. What must be readable before anything is unlocked lies open
 * in `keyring`; everything else is sealed by `database.ts`.
 */
import { Dexie } from 'dexie'
import { AppError } from '../base/errors.ts'
import { applySchema, SCHEMA_VERSION } from './migrations.ts'

export type LostWhy = 'upgraded' | 'deleted' | 'closed'

export interface DiskOptions {
  readonly name?: string
  /** Tests bring their own; the platform's otherwise. */
  readonly indexedDB?: IDBFactory
  readonly IDBKeyRange?: typeof globalThis.IDBKeyRange
  /** Somebody else needs the database: a newer build upgrades it, or the person erased it. We are closed already. */
  readonly onLost?: (why: LostWhy) => void
  /** Another build holds the old version open. */
  readonly onBlocked?: () => void
}

export interface Disk {
  readonly dexie: Dexie
  readonly isOver: () => boolean
  /** Lies open. */
  readOpen<T>(key: string): Promise<T | undefined>
  /** All in one strict transaction; undefined deletes. */
  writeOpen(values: Readonly<Record<string, unknown>>): Promise<void>
  close(): void
  /** Closes, and deletes everything. */
  erase(): Promise<void>
}

/** @throws AppError `needs-newer` when a newer version of the app has written here. */
export const openDisk = async ({
  name = 'cryptochat',
  indexedDB,
  IDBKeyRange,
  onLost,
  onBlocked
}: DiskOptions = {}): Promise<Disk> => {
  const dexie = new Dexie(name, {
    chromeTransactionDurability: 'strict',
    // once it is lost, no later call may open it again under a newer version
    autoOpen: false,
    ...(indexedDB && IDBKeyRange && { indexedDB, IDBKeyRange })
  })
  // of queries, of which there are none: all it does is to make and abort a signal for each write
  dexie.unuse({ stack: 'dbcore', name: 'Cache' })
  applySchema(dexie)
  dexie.on('blocked', () => onBlocked?.())
  let isOver = false
  const end = (why?: LostWhy): void => {
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
  } catch (error) {
    throw toAppError(error)
  }
  const open = dexie.table<unknown, string>('keyring')

  return {
    dexie,
    isOver: () => isOver,
    readOpen: async <T>(key: string) => (await open.get(key)) as T | undefined,
    writeOpen: async (values) => {
      const entries = Object.entries(values)
      const put = entries.filter(([, value]) => value !== undefined)
      const gone = entries.filter(([, value]) => value === undefined)
      try {
        await dexie.transaction('rw', [open], async () => {
          await open.bulkDelete(gone.map(([key]) => key))
          await open.bulkPut(
            put.map(([, value]) => value),
            put.map(([key]) => key)
          )
        })
      } catch (error) {
        throw toAppError(error)
      }
    },
    close: () => end(),
    erase: async () => {
      end()
      await deleteDatabase(indexedDB ?? globalThis.indexedDB, name)
    }
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

const deleteDatabase = (factory: IDBFactory, name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const asking = factory.deleteDatabase(name)
    asking.addEventListener('success', () => resolve())
    asking.addEventListener('error', () => reject(asking.error))
  })

export const toAppError = (error: unknown): unknown => {
  if (error instanceof AppError) return error
  const name = (error as { name?: unknown } | null)?.name
  const inner = (error as { inner?: { name?: string } } | null)?.inner?.name
  const is = (wanted: string): boolean => name === wanted || inner === wanted
  if (is('QuotaExceededError')) return new AppError('quota', 'the disk is full', { cause: error })
  if (is('VersionError'))
    return new AppError('needs-newer', 'this browser holds data of a newer version', { cause: error })
  if (is('DatabaseClosedError') || is('InvalidStateError')) {
    return new AppError('not-ready', 'the database was closed', { cause: error })
  }
  return error
}
