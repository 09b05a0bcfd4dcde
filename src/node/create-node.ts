/**
 * Puts one running node together: database, device, libp2p, messenger, and the NodeApi over all of them. It starts
 * without a network and shows what it has; relays and links catch up when the origin answers.
 */
import type { Clock } from '../base/clock.ts'
import type { LogBook } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { NodeApi } from '../bridge/api.ts'
import { createContext, type MessengerDeps } from '../messenger/context.ts'
import { setSettings, watchSettings } from '../messenger/settings.ts'
import { createP2p, type RtcHosts } from '../p2p/host.ts'
import { readWellKnown } from '../p2p/discovery/well-known.ts'
import { openDatabase } from '../store/database.ts'
import { getRecord, setRecord } from '../store/records.ts'
import { makeReport, watchDebugView } from './debug.ts'
import { watchNetworkView } from './network.ts'
import { askOrigin, findLinkBase } from './well-known.ts'

export interface CreateNodeDeps {
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
  /** The database was taken from us: a newer version upgrades it, or the person erased it. */
  onDatabaseLost(why: 'upgraded' | 'deleted' | 'closed'): void
}

export interface RunningNode {
  readonly api: NodeApi
  /** A page came back into sight. */
  wake(): void
  /** Stops dialling and writing, then closes the database. */
  stop(): Promise<void>
}

const RELAYS_KEY = 'relays'

export const createNode = async (deps: CreateNodeDeps): Promise<RunningNode> => {
  const { origin, clock, random, log, rtc } = deps
  let stopping = false
  const [db, said] = await Promise.all([
    openDatabase({
      onLost: (why) => {
        if (!stopping) deps.onDatabaseLost(why)
      }
    }),
    askOrigin(origin, { clock, log })
  ])
  const p2p = await createP2p({
    deviceSeed: random.bytes(32),
    relays: said === undefined ? [] : readWellKnown(said, 'origin'),
    relayBook: {
      load: () => getRecord(db, RELAYS_KEY),
      save: (relays) => setRecord(db, RELAYS_KEY, relays)
    },
    ...(said === undefined && { origin }),
    rtc,
    clock,
    random,
    log
  })
  const linkBase = await findLinkBase(db, said, origin)
  void linkBase
  const ctx = createContext({ db, log } as unknown as MessengerDeps)
  const debug = { ...deps, db, p2p }
  const api: Partial<NodeApi> = {
    watchSettings: () => watchSettings(ctx),
    setSettings: (change) => setSettings(ctx, change),
    watchNetwork: () => watchNetworkView({ db, p2p, watchContacts: async function* () {} }),
    addRelay: (address) => p2p.addRelay(address),
    removeRelay: async (peer) => p2p.removeRelay(peer),
    watchDebug: () => watchDebugView(debug),
    makeReport: () => makeReport(debug)
  }
  return {
    api: api as NodeApi,
    wake: () => p2p.wake(),
    stop: async () => {
      stopping = true
      db.close()
      await p2p.stop()
    }
  }
}
