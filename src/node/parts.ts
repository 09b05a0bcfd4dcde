/** What the parts of a node know of each other. */
import type { Clock } from '../base/clock.ts'
import type { LogBook } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { NodeApi } from '../bridge/api.ts'
import type { RtcHosts } from '../p2p/host.ts'

export interface NodeDeps {
  readonly build: string
  readonly worker: 'shared' | 'dedicated'
  readonly startedAt: number
  /** Where the app was loaded from. */
  readonly origin: string
  readonly rtc: RtcHosts
  readonly clock: Clock
  readonly random: Random
  readonly log: LogBook
  /** How many pages are connected. */
  readonly pages: () => number
}

/** What works whether the store is open or locked. */
export type LockApi = Pick<
  NodeApi,
  'watchLock' | 'unlock' | 'lock' | 'setPassphrase' | 'addPasskey' | 'removePasskey' | 'setLockTimeout' | 'wipe'
>
/** What is there only while the store is open. */
export type EngineApi = Omit<NodeApi, keyof LockApi>

export interface Engine {
  readonly api: EngineApi
  wake(): void
  /** Stops dialling and writing, then closes the store: no key is in memory afterwards. */
  stop(): Promise<void>
  /** The database is no longer ours: nothing more is written, from this moment on. */
  abandon(): Promise<void>
}
