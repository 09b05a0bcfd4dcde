/**
 * Puts one running node together: database, device, libp2p, messenger, and the NodeApi over all of them. It starts
 * without a network and shows what it has; relays and links catch up when the origin answers.
 */
import type { Clock } from '../base/clock.ts'
import { toPlainError } from '../base/errors.ts'
import type { Log, LogBook } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { NodeApi } from '../bridge/api.ts'
import { loadOrMakeDevice } from '../messenger/account.ts'
import { createMessenger } from '../messenger/messenger.ts'
import type { Settings } from '../model/views.ts'
import { createP2p, type P2p, type RtcHosts } from '../p2p/host.ts'
import type { RelayHint } from '../p2p/discovery/relay-book.ts'
import { readWellKnown } from '../p2p/discovery/well-known.ts'
import { type Db, openDatabase } from '../store/database.ts'
import { getRecord, setRecord } from '../store/records.ts'
import { createApi } from './api.ts'
import { askOrigin, learnLinkBase, rememberedLinkBase } from './well-known.ts'

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
  /** The database is no longer ours: nothing more is written, from this moment on. */
  abandon(): Promise<void>
}

const RELAYS_KEY = 'relays'
/** What runs has this long to finish before the database closes under it; what did not commit was never promised. */
const FINISH_MS = 1_000

export const createNode = async (deps: CreateNodeDeps): Promise<RunningNode> => {
  const { origin, clock, random, log, rtc } = deps
  let stopping = false
  const db = await openDatabase({
    onLost: (why) => {
      if (!stopping) deps.onDatabaseLost(why)
    }
  })
  // only the very first start waits for the origin: later ones know relays and must not depend on any network
  const remembered = await rememberedLinkBase(db)
  const said = remembered === undefined ? await askOrigin(origin, { clock, log }) : undefined
  const device = await loadOrMakeDevice(db, random)
  const p2p = await createP2p({
    deviceSeed: device.seed,
    relays: said === undefined ? [] : readHints(said, log),
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
  const linkBase = remembered ?? (await learnLinkBase(db, said, origin))
  const messenger = createMessenger({ db, net: p2p.net, device, clock, random, log, linkBase })
  await messenger.start()
  const inBackground = (event: string, job: Promise<unknown>): void => {
    job.catch((error: unknown) => {
      if (!stopping) log.error(event, { message: toPlainError(error).message })
    })
  }
  if (remembered !== undefined) inBackground('node.link-base', refreshLinkBase(db, deps))
  const settings = messenger.watchSettings()[Symbol.asyncIterator]()
  inBackground('node.settings-feed', followRelayOnly(settings, p2p))

  return {
    api: createApi(messenger, { ...deps, db, p2p }),
    wake: () => p2p.wake(),
    stop: async () => {
      stopping = true
      await settings.return?.()
      await Promise.race([messenger.stop(), clock.sleep(FINISH_MS)])
      db.close()
      await p2p.stop()
    },
    abandon: async () => {
      stopping = true
      db.close()
      void messenger.stop()
      await p2p.stop()
    }
  }
}

/** What the origin says is from outside: an app whose relay says nonsense still starts. */
const readHints = (said: unknown, log: Log): readonly RelayHint[] => {
  try {
    return readWellKnown(said, 'origin')
  } catch (error) {
    log.warn('node.origin-malformed', { code: toPlainError(error).code })
    return []
  }
}

/** For the next start: the operator may have given the relay another public address. */
const refreshLinkBase = async (db: Db, { origin, clock, log }: CreateNodeDeps): Promise<void> => {
  await learnLinkBase(db, await askOrigin(origin, { clock, log }), origin)
}

const followRelayOnly = async (settings: AsyncIterator<Settings>, p2p: P2p): Promise<void> => {
  let isOn = false
  for (;;) {
    const { done, value } = await settings.next()
    if (done === true) return
    if (value.relayOnly === isOn) continue
    isOn = value.relayOnly
    p2p.setRelayOnly(isOn)
  }
}
