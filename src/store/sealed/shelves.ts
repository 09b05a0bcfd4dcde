/**
 * The disk under the sealed tables: two object stores of ids and sealed bytes. `rows` is read whole at the start, `pages`
 * when it is wanted. Inside a write everything goes through its one transaction, and the cryptography is synchronous.
 */
import { AppError } from '../../base/errors.ts'
import { pack, unpack } from './pack.ts'
import type { Shelf, Vault } from './vault.ts'

/** Thrown when what memory says lies on disk is not there (any more). */
class PageGone extends AppError {}

/** What one write puts and deletes. */
export interface Batch {
  readonly tx: IDBTransaction
  /** Answers its size. */
  putRow(id: string, value: unknown): number
  putPage(id: string, value: unknown): void
  dropRow(id: string): void
  dropPage(id: string): void
  isEmpty(): boolean
  /** Hands all to the transaction. Rejects with what the disk says; it may say more at the commit. */
  flush(): Promise<void>
}

export interface Shelves {
  /** False for what was sealed under an older keyring. */
  isCurrent(id: string): boolean
  newId(): string
  idOf(table: string, key: string): string
  /** @throws when it is not there: outside of a write that is worth another look. */
  readPage<T>(id: string, tx: IDBTransaction | undefined): Promise<T>
  readRow<T>(id: string, tx: IDBTransaction | undefined): Promise<T>
  lookAtPage<T>(id: string): Promise<T | undefined>
  /** Repeats `look` when a page it wanted was replaced meanwhile. */
  steadily<T>(look: () => Promise<T>): Promise<T>
  readRows(visit: (id: string, value: unknown) => void): Promise<void>
  batch(tx: IDBTransaction): Batch
  /** Inside a write, when all that memory knows of was sealed again: nothing of an older keyring is left. */
  sweep(batch: Batch): Promise<void>
  /** What is sealed from now on is sealed with `vault`; the ones before only open. */
  seal(vault: Vault): void
  /** Nothing is sealed with the ones before any more. */
  forget(): void
  wipe(): void
}

export interface ShelvesDeps {
  readonly database: () => IDBDatabase
  /** What is sealed now, and before it what may still lie there. */
  readonly first: readonly [Vault, ...Vault[]]
  /** Until the write that is under way, if any, is over. */
  readonly settled: () => Promise<unknown>
}

const MAX_LOOKS = 10
/** Opened at once: enough to keep the cores busy. */
const STRIDE = 512

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', (event) => {
      // Dexie would prevent the default, which is to abort
      event.stopPropagation()
      reject(request.error ?? new AppError('aborted', 'the request was aborted'))
    })
  })

export const createShelves = ({ database, first, settled }: ShelvesDeps): Shelves => {
  let vaults = first
  const vaultOf = (id: string): Vault => {
    const vault = vaults.find(({ generation }) => id.startsWith(generation))
    if (vault === undefined) throw new AppError('untrusted', 'a row of no keyring that is open')
    return vault
  }

  const getIn = (shelf: Shelf, id: string, tx: IDBTransaction | undefined): IDBRequest<unknown> => {
    try {
      if (tx !== undefined) return tx.objectStore(shelf).get(id)
    } catch (error) {
      // the write of that transaction is over, and whoever asks was no part of it
      if (!['InvalidStateError', 'TransactionInactiveError'].includes((error as Error).name)) throw error
    }
    return database().transaction(shelf, 'readonly').objectStore(shelf).get(id)
  }
  const readBytes = async (shelf: Shelf, id: string, tx?: IDBTransaction): Promise<Uint8Array | undefined> =>
    (await done(getIn(shelf, id, tx))) as Uint8Array | undefined

  const lookAt = async <T>(shelf: Shelf, id: string): Promise<T | undefined> => {
    const sealed = await readBytes(shelf, id)
    return sealed && (unpack(await vaultOf(id).openLater(shelf, id, sealed)) as T)
  }

  const read = async <T>(shelf: Shelf, id: string, tx: IDBTransaction | undefined): Promise<T> => {
    if (tx === undefined) {
      const found = await lookAt<T>(shelf, id)
      if (found === undefined) throw new PageGone('internal', 'a page is missing')
      return found
    }
    const sealed = await readBytes(shelf, id, tx)
    if (sealed === undefined) throw new PageGone('internal', 'a page is missing')
    return unpack(vaultOf(id).open(shelf, id, sealed)) as T
  }

  return {
    isCurrent: (id) => id.startsWith(vaults[0].generation),
    newId: () => vaults[0].newId(),
    idOf: (table, key) => vaults[0].idOf(table, key),
    lookAtPage: (id) => lookAt('pages', id),
    readPage: (id, tx) => read('pages', id, tx),
    readRow: (id, tx) => read('rows', id, tx),
    steadily: async (look) => {
      for (let looks = 1; ; looks++) {
        try {
          return await look()
        } catch (error) {
          if (!(error instanceof PageGone) || looks === MAX_LOOKS) throw error
          await settled()
        }
      }
    },
    readRows: async (visit) => {
      const store = database().transaction('rows', 'readonly').objectStore('rows')
      const [ids, sealed] = await Promise.all([done(store.getAllKeys()), done(store.getAll())])
      const open = async (at: number): Promise<unknown> => {
        const id = ids[at] as string
        return unpack(await vaultOf(id).openLater('rows', id, sealed[at] as Uint8Array))
      }
      for (let from = 0; from < ids.length; from += STRIDE) {
        const some = Array.from({ length: Math.min(STRIDE, ids.length - from) }, (_, index) => from + index)
        const opened = await Promise.all(some.map(open))
        for (const [index, value] of opened.entries()) visit(ids[from + index] as string, value)
      }
    },
    batch: (tx) => {
      const puts: [Shelf, string, Uint8Array][] = []
      const drops: [Shelf, string][] = []
      return {
        tx,
        putRow: (id, value) => {
          const packed = pack(value)
          puts.push(['rows', id, packed])
          return packed.length
        },
        putPage: (id, value) => void puts.push(['pages', id, pack(value)]),
        dropRow: (id) => void drops.push(['rows', id]),
        dropPage: (id) => void drops.push(['pages', id]),
        isEmpty: () => puts.length + drops.length === 0,
        flush: async () => {
          const dropping = drops.map(([shelf, id]) => done(tx.objectStore(shelf).delete(id)))
          const putting = puts.map(([shelf, id, packed]) =>
            done(tx.objectStore(shelf).put(vaults[0].seal(shelf, id, packed), id))
          )
          await Promise.all([...dropping, ...putting])
        }
      }
    },
    sweep: async (batch) => {
      for (const shelf of ['rows', 'pages'] as const) {
        const ids = (await done(batch.tx.objectStore(shelf).getAllKeys())) as string[]
        for (const id of ids.filter((one) => !one.startsWith(vaults[0].generation))) {
          if (shelf === 'rows') batch.dropRow(id)
          else batch.dropPage(id)
        }
      }
    },
    seal: (vault) => {
      vaults = [vault, ...vaults]
    },
    forget: () => {
      const [current, ...before] = vaults
      vaults = [current]
      for (const vault of before) vault.wipe()
    },
    wipe: () => {
      for (const vault of vaults) vault.wipe()
    }
  }
}
