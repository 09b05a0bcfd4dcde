/**
 * Everything that works only while the store is open: device, libp2p, messenger, and the NodeApi over them. It starts
 * without a network and shows what it has; relays and links catch up when the origin answers.
 */
import { toPlainError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { wipeSecret } from '../base/secret.ts'
import { loadOrMakeDevice } from '../messenger/account.ts'
import { createMessenger } from '../messenger/messenger.ts'
import type { Settings } from '../model/views.ts'
import { createP2p, type P2p } from '../p2p/host.ts'
import type { RelayHint } from '../p2p/discovery/relay-book.ts'
import { readWellKnown } from '../p2p/discovery/well-known.ts'
import type { Db } from '../store/database.ts'
import { getRecord, setRecord } from '../store/records.ts'
import { createApi } from './api.ts'
import type { Engine, NodeDeps } from './parts.ts'
import { askOrigin, learnLinkBase, rememberedLinkBase } from './well-known.ts'

const RELAYS_KEY = 'relays'
/** What runs has this long to finish before the database closes under it; what did not commit was never promised. */
const FINISH_MS = 1_000

export const startEngine = async (db: Db, deps: NodeDeps): Promise<Engine> => {
  const { origin, clock, random, log, rtc } = deps
  let stopping = false
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

  const close = (): void => {
    db.close()
    wipeSecret(device.seed)
  }
  return {
    api: createApi(messenger, { ...deps, db, p2p }),
    wake: () => p2p.wake(),
    stop: async () => {
      stopping = true
      await settings.return?.()
      await Promise.race([messenger.stop(), clock.sleep(FINISH_MS)])
      close()
      await p2p.stop()
    },
    abandon: async () => {
      stopping = true
      close()
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
const refreshLinkBase = async (db: Db, { origin, clock, log }: NodeDeps): Promise<void> => {
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
