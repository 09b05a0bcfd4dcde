/**
 * Puts one running node together: disk, keys, lock, and an engine whenever the store is open. Pages keep one NodeApi
 * through all of it.
 */
import type { NodeApi } from '../bridge/api.ts'
import { openDisk } from '../store/disk.ts'
import { startEngine } from './engine.ts'
import { loadKeys } from './keys.ts'
import { createLock } from './lock.ts'
import type { NodeDeps } from './parts.ts'
import { createServedApi } from './serve.ts'

export interface CreateNodeDeps extends NodeDeps {
  /** The database was taken from us: a newer version upgrades it, or the person erased it. */
  onDatabaseLost(why: 'upgraded' | 'deleted' | 'closed'): void
}

export interface RunningNode {
  readonly api: NodeApi
  /** A page came back into sight. */
  wake(): void
  /** How many pages are in sight. */
  setInSight(count: number): void
  /** Stops dialling and writing, then closes the database. */
  stop(): Promise<void>
  /** The database is no longer ours: nothing more is written, from this moment on. */
  abandon(): Promise<void>
}

export const createNode = async (deps: CreateNodeDeps): Promise<RunningNode> => {
  const { clock, random, log } = deps
  let stopping = false
  const disk = await openDisk({
    onLost: (why) => {
      if (!stopping) deps.onDatabaseLost(why)
    }
  })
  const lock = createLock({
    disk,
    keys: await loadKeys({ disk, random }),
    clock,
    log,
    startEngine: (db) => startEngine(db, deps),
    onWiped: () => deps.onDatabaseLost('deleted')
  })
  await lock.start()
  return {
    api: createServedApi(lock),
    wake: () => lock.engine()?.wake(),
    setInSight: (count) => lock.setInSight(count),
    stop: async () => {
      stopping = true
      await lock.stop('stop')
    },
    abandon: async () => {
      stopping = true
      await lock.stop('abandon')
    }
  }
}
