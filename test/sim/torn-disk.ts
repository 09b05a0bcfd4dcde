/**
 * A disk that says "written" too early: what the last transactions wrote can be taken back, as if the power had gone before
 * it reached the plate. Works on whatever is stored, below everything of ours.
 */
import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb'

interface Undo {
  readonly transaction: IDBTransaction
  readonly store: string
  readonly key: IDBValidKey
  readonly before: unknown
}
/** What a database has written lately. */
interface Disk {
  readonly name: string
  log: Undo[]
}

/** So many transactions are still on their way to the plate. */
const LATE = 2

const disks = new Map<IDBFactory, Map<string, Disk>>()
const diskByConnection = new WeakMap<IDBDatabase, Disk>()

export const watchDisk = (): void => {
  const factory = IDBFactory.prototype
  const open = Reflect.get(factory, 'open') as IDBFactory['open']
  factory.open = function (this: IDBFactory, name: string, version?: number) {
    const request = Reflect.apply(open, this, version === undefined ? [name] : [name, version])
    const mine = disks.get(this) ?? new Map<string, Disk>()
    disks.set(this, mine)
    const disk = mine.get(name) ?? { name, log: [] }
    mine.set(name, disk)
    request.addEventListener('success', () => diskByConnection.set(request.result, disk))
    return request
  }
  const store = IDBObjectStore.prototype
  for (const name of ['put', 'add'] as const) {
    const real = Reflect.get(store, name) as IDBObjectStore['put']
    store[name] = function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      remember(this, key ?? keyIn(value, this.keyPath))
      return Reflect.apply(real, this, key === undefined ? [value] : [value, key])
    }
  }
  const remove = Reflect.get(store, 'delete') as IDBObjectStore['delete']
  store.delete = function (this: IDBObjectStore, key: IDBValidKey | IDBKeyRange) {
    // ranges are not taken back: only migrations delete them
    if (!(key instanceof IDBKeyRange)) remember(this, key)
    return Reflect.apply(remove, this, [key])
  }
}

const keyIn = (value: unknown, keyPath: IDBObjectStore['keyPath']): IDBValidKey => {
  const row = value as Readonly<Record<string, IDBValidKey>>
  return Array.isArray(keyPath) ? keyPath.map((name: string) => row[name] ?? '') : (row[String(keyPath)] ?? '')
}

/** What stood there, asked for before it is written over. */
const remember = (store: IDBObjectStore, key: IDBValidKey): void => {
  const { transaction, name } = store
  const disk = diskByConnection.get(transaction.db)
  if (disk === undefined) return
  const asked = store.get(key)
  asked.addEventListener('success', () => {
    disk.log.push({ transaction, store: name, key, before: asked.result })
    const late = [...new Set(disk.log.map((undo) => undo.transaction))].slice(-LATE)
    disk.log = disk.log.filter((undo) => late.includes(undo.transaction))
  })
}

/** The disk as it was before its last transactions. */
export const rollBack = async (factory: IDBFactory): Promise<void> => {
  for (const { name, log } of disks.get(factory)?.values() ?? []) {
    if (log.length === 0) continue
    const db = await settled(factory.open(name))
    const writing = db.transaction([...new Set(log.map(({ store }) => store))], 'readwrite')
    for (const { store, key, before } of log.toReversed()) {
      const rows = writing.objectStore(store)
      if (before === undefined) rows.delete(key)
      else if (rows.keyPath === null) rows.put(before, key)
      else rows.put(before)
    }
    await new Promise<void>((resolve, reject) => {
      writing.addEventListener('complete', () => resolve())
      writing.addEventListener('error', () => reject(writing.error ?? new Error('rolling back failed')))
    })
    db.close()
    const disk = disks.get(factory)?.get(name)
    if (disk !== undefined) disk.log = []
  }
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('a request failed')))
  })
