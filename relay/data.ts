/** The data directory: identity, DHT records, directory. One relay at a time; a damaged one is said, never guessed around. */
import { join } from 'node:path'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { Clock } from '../src/base/clock.ts'
import type { DirectoryStore } from '../src/p2p/protocols/directory/store.ts'
import { ConfigError } from './config.ts'
import { createDatastore } from './datastore.ts'
import type { RelayDatastore } from './datastore.ts'
import { openDirectoryStore } from './directory-store.ts'
import { loadOrMakeIdentity } from './identity.ts'

export interface RelayData {
  readonly privateKey: Ed25519PrivateKey
  readonly datastore: RelayDatastore
  readonly store: DirectoryStore
  sweep(): Promise<void>
  close(): Promise<void>
}

/** @throws ConfigError */
export const openData = async (dataDir: string, clock: Clock): Promise<RelayData> => {
  const privateKey = await loadOrMakeIdentity(dataDir)
  const datastore = createDatastore({ folder: join(dataDir, 'dht'), clock })
  try {
    // its lock is what keeps a second relay out
    await datastore.open()
  } catch (cause) {
    throw new ConfigError(`DATA_DIR ${dataDir} is in use by another relay, or damaged.`, { cause })
  }
  const store = await openStore(join(dataDir, 'directory.sqlite'), clock).catch(async (error: unknown) => {
    await datastore.close()
    throw error
  })
  return {
    privateKey,
    datastore,
    store,
    sweep: async () => {
      await Promise.all([store.sweep(), datastore.sweep()])
    },
    close: async () => {
      await store.close()
      await datastore.close()
    }
  }
}

const openStore = async (file: string, clock: Clock): Promise<DirectoryStore> => {
  try {
    return openDirectoryStore({ file, clock })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown'
    throw new ConfigError(`${file} cannot be opened (${why}).`, { cause })
  }
}
