/**
 * Where libp2p keeps things. DHT records lie on disk (DH1), bounded in number and for two days, because the library
 * deletes what is over only when somebody asks for it. Everything about peers, and who provides what, is in memory and
 * bounded: no relay's disk ever tells who was connected to it or from where.
 */
import type { AbortOptions } from '@libp2p/interface'
import { Key } from 'interface-datastore'
import type { Batch, Datastore, KeyQuery, Pair, Query } from 'interface-datastore'
import { LevelDatastore } from 'datastore-level'
import type { Clock } from '../src/base/clock.ts'
import { AppError } from '../src/base/errors.ts'

export interface RelayDatastore extends Datastore {
  open(): Promise<void>
  close(): Promise<void>
  /** Deletes records that nobody has renewed for two days. */
  sweep(): Promise<void>
}

const RECORDS = '/dht/record'
const PROVIDERS = '/dht/provider'
const PEERS = '/peers'
/** DH4: values die after 48 hours, unless their owner or a node puts them again. */
const RECORD_LIFE_MS = 48 * 3600 * 1000
/** About 200 MB on disk at 2 KiB each. */
const MAX_RECORDS = 100_000
/** A visitor is about a kilobyte, and forgotten when it leaves (supervise.ts). */
const MAX_IN_MEMORY = 50_000

const isTransient = (path: string): boolean => path.startsWith(PEERS) || path.startsWith(PROVIDERS)
const notFound = (): Error => Object.assign(new Error('not found'), { name: 'NotFoundError' })

export const createDatastore = ({
  folder,
  clock,
  maxRecords = MAX_RECORDS
}: {
  readonly folder: string
  readonly clock: Clock
  readonly maxRecords?: number
}): RelayDatastore => {
  const disk = new LevelDatastore(folder)
  const memory = new Map<string, Uint8Array>()
  /** When each record was last put. After a restart they all count as new: they live at most two days longer. */
  const putAt = new Map<string, number>()

  const remember = (path: string, value: Uint8Array): void => {
    memory.delete(path)
    memory.set(path, value)
    const oldest = memory.keys().next().value
    if (memory.size > MAX_IN_MEMORY && oldest !== undefined) memory.delete(oldest)
  }

  const inMemory = (query: Query): Pair[] =>
    [...memory]
      .map(([path, value]) => ({ key: new Key(path, false), value }))
      .filter(({ key }) => query.prefix === undefined || key.toString().startsWith(query.prefix))
      .filter((pair) => (query.filters ?? []).every((accepts) => accepts(pair)))

  const store: RelayDatastore = {
    open: async () => {
      await disk.open()
      for await (const key of disk.queryKeys({ prefix: RECORDS })) putAt.set(key.toString(), clock.now())
    },
    close: async () => await disk.close(),
    sweep: async () => {
      const over = clock.now() - RECORD_LIFE_MS
      for (const [path, at] of putAt) {
        if (at > over) continue
        putAt.delete(path)
        await disk.delete(new Key(path, false))
      }
    },
    put: async (key: Key, value: Uint8Array, options?: AbortOptions) => {
      const path = key.toString()
      if (isTransient(path)) {
        remember(path, value)
        return key
      }
      if (path.startsWith(RECORDS)) {
        if (!putAt.has(path) && putAt.size >= maxRecords) throw new AppError('quota', 'no room for another DHT record')
        putAt.set(path, clock.now())
      }
      return await disk.put(key, value, options)
    },
    get: async (key: Key, options?: AbortOptions) => {
      const path = key.toString()
      if (!isTransient(path)) return await disk.get(key, options)
      const value = memory.get(path)
      if (value === undefined) throw notFound()
      return value
    },
    has: async (key: Key, options?: AbortOptions) =>
      isTransient(key.toString()) ? memory.has(key.toString()) : await disk.has(key, options),
    delete: async (key: Key, options?: AbortOptions) => {
      memory.delete(key.toString())
      putAt.delete(key.toString())
      if (!isTransient(key.toString())) await disk.delete(key, options)
    },
    async *putMany(source, options) {
      for await (const { key, value } of source) yield await store.put(key, value, options)
    },
    async *getMany(source, options) {
      for await (const key of source) yield { key, value: await store.get(key, options) }
    },
    async *deleteMany(source, options) {
      for await (const key of source) {
        await store.delete(key, options)
        yield key
      }
    },
    batch: (): Batch => {
      const steps: (() => Promise<unknown>)[] = []
      return {
        put: (key, value) => {
          steps.push(async () => await store.put(key, value))
        },
        delete: (key) => {
          steps.push(async () => await store.delete(key))
        },
        commit: async () => {
          for (const step of steps) await step()
        }
      }
    },
    async *query(query: Query, options?: AbortOptions) {
      if (isTransient(query.prefix ?? '')) yield* inMemory(query)
      else yield* disk.query(query, options)
    },
    async *queryKeys(query: KeyQuery, options?: AbortOptions) {
      if (!isTransient(query.prefix ?? '')) yield* disk.queryKeys(query, options)
      else for (const { key } of inMemory(query.prefix === undefined ? {} : { prefix: query.prefix })) yield key
    }
  }
  return store
}
