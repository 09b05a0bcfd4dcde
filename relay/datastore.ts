/**
 * Where libp2p keeps things: DHT records on disk (DH1), everything about peers in memory only, so that no relay's disk
 * ever tells who was connected to it or from where.
 */
import type { AbortOptions } from '@libp2p/interface'
import { Key } from 'interface-datastore'
import type { Batch, Datastore, KeyQuery, Pair, Query } from 'interface-datastore'
import { LevelDatastore } from 'datastore-level'

const PEERS = '/peers/'

const isPeer = (key: Key): boolean => key.toString().startsWith(PEERS)
const aboutPeers = ({ prefix }: { prefix?: string }): boolean => prefix?.startsWith(PEERS.slice(0, -1)) === true

export interface RelayDatastore extends Datastore {
  open(): Promise<void>
  close(): Promise<void>
}

export const createDatastore = (folder: string): RelayDatastore => {
  const disk = new LevelDatastore(folder)
  const peers = new Map<string, Uint8Array>()

  const inMemory = (query: Query): Pair[] =>
    [...peers]
      .map(([key, value]) => ({ key: new Key(key, false), value }))
      .filter(({ key }) => query.prefix === undefined || key.toString().startsWith(query.prefix))
      .filter((pair) => (query.filters ?? []).every((accepts) => accepts(pair)))

  return {
    open: async () => await disk.open(),
    close: async () => await disk.close(),
    put: async (key: Key, value: Uint8Array, options?: AbortOptions) => {
      if (!isPeer(key)) return await disk.put(key, value, options)
      peers.set(key.toString(), value)
      return key
    },
    get: async (key: Key, options?: AbortOptions) => {
      if (!isPeer(key)) return await disk.get(key, options)
      const value = peers.get(key.toString())
      if (value === undefined) throw Object.assign(new Error('not found'), { name: 'NotFoundError' })
      return value
    },
    has: async (key: Key, options?: AbortOptions) =>
      isPeer(key) ? peers.has(key.toString()) : await disk.has(key, options),
    delete: async (key: Key, options?: AbortOptions) => {
      if (isPeer(key)) peers.delete(key.toString())
      else await disk.delete(key, options)
    },
    putMany: (source, options) => disk.putMany(source, options),
    getMany: (source, options) => disk.getMany(source, options),
    deleteMany: (source, options) => disk.deleteMany(source, options),
    batch: (): Batch => disk.batch(),
    async *query(query: Query, options?: AbortOptions) {
      if (aboutPeers(query)) yield* inMemory(query)
      else yield* disk.query(query, options)
    },
    async *queryKeys(query: KeyQuery, options?: AbortOptions) {
      if (aboutPeers(query))
        for (const { key } of inMemory(query.prefix === undefined ? {} : { prefix: query.prefix })) yield key
      else yield* disk.queryKeys(query, options)
    }
  }
}
