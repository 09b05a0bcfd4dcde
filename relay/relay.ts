/**
 * One running relay: web, circuit relay, DHT, directory and STUN behind one port number. Started in an order in which
 * `/healthz` can already say "not yet", stopped so that the port is free within three seconds whatever hangs.
 */
import { systemClock } from '../src/base/clock.ts'
import type { Log } from '../src/base/log.ts'
import { systemRandom } from '../src/base/random.ts'
import { findAddresses } from './addresses.ts'
import type { Addresses } from './addresses.ts'
import { readBuild } from './app.ts'
import { startBootstrap } from './bootstrap.ts'
import type { Config } from './config.ts'
import { openData } from './data.ts'
import type { RelayData } from './data.ts'
import { createDhtRecords } from './dht-records.ts'
import type { Door } from './door.ts'
import { createHealth, createWellKnown, withPeer } from './health.ts'
import type { State } from './health.ts'
import { createHost } from './host.ts'
import type { RelayHost } from './host.ts'
import { createHttp } from './http.ts'
import { createConnectionBook, createRateLimit, createRefusals } from './limits.ts'
import type { Refusals } from './limits.ts'
import { createMetrics } from './metrics.ts'
import { openPorts } from './ports.ts'
import { serveDirectory } from './serve-directory.ts'
import { superviseHost } from './supervise.ts'
import { createWeb } from './web.ts'

/** The one line on stdout. */
export interface Ready {
  readonly ready: true
  readonly url: string
  readonly peerId: string
  readonly addrs: readonly string[]
  readonly stun: string
  readonly pid: number
}

export interface Relay {
  readonly ready: Ready
  stop(): Promise<void>
}

/** What is asked about a relay while it comes, runs and goes. */
interface Facts {
  state: State
  host: RelayHost | undefined
  addresses: Addresses | undefined
  usage: { readonly blobs: number; readonly bytes: number }
}

/** How to end what was started, in the order it was started. */
type Endings = (() => Promise<void> | void)[]

const SWEEP_MS = 3600 * 1000
/** A page load asks twice; a mobile operator's whole NAT is one address. */
const STUN_RATE = { burst: 200, perSecond: 50 }
/** Each costs two signature checks, about 4 ms. */
const DHT_RATE = { burst: 200, perSecond: 50 }

/** @throws ConfigError, and whatever else stands in the way. What was started by then has been stopped. */
export const startRelay = async (config: Config, log: Log): Promise<Relay> => {
  const endings: Endings = []
  const stop = async (): Promise<void> => {
    for (const end of endings.splice(0).toReversed()) {
      try {
        await end()
      } catch (error) {
        log.warn('relay.stop-failed', { error: error instanceof Error ? error.name : 'unknown' })
      }
    }
  }
  try {
    return { ready: await start(config, log, endings), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const start = async (config: Config, log: Log, endings: Endings): Promise<Ready> => {
  const facts: Facts = { state: 'starting', host: undefined, addresses: undefined, usage: { blobs: 0, bytes: 0 } }
  const refusals = createRefusals()
  const build = readBuild(config.appDir)
  const data = await openData(config.dataDir, systemClock)
  endings.push(() => data.close())
  facts.usage = await data.store.usage()
  const peerId = data.privateKey.publicKey.toString()

  const ports = await openPorts({ ...createFront({ config, log, facts, refusals, peerId, build }), log, config })
  endings.push(() => ports.close())
  const addresses = findAddresses(config, ports.door)
  facts.addresses = addresses

  await startHost({ config, log, facts, refusals, data, door: ports.door, addresses }, endings)
  endings.push(sweepNowAndThen(data, facts, log))
  endings.push(() => {
    facts.state = 'stopping'
  })
  facts.state = 'ready'

  const { url, announce, stun } = addresses
  log.info('relay.ready', { url })
  return { ready: true, url, peerId, addrs: withPeer(announce, peerId), stun, pid: process.pid }
}

/** What stands before libp2p: limits, and the answers to plain requests. */
const createFront = ({
  config,
  log,
  facts,
  refusals,
  peerId,
  build
}: {
  readonly config: Config
  readonly log: Log
  readonly facts: Facts
  readonly refusals: Refusals
  readonly peerId: string
  readonly build: string
}) => {
  const clock = systemClock
  const connections = createConnectionBook({
    clock,
    max: config.maxConnections,
    maxPerAddress: config.maxConnectionsPerAddress
  })
  const asked = { state: () => facts.state, host: () => facts.host, usage: () => facts.usage, peerId }
  const onRequest = createHttp({
    isSecure: config.tls !== undefined || config.publicUrl?.protocol === 'https:',
    refusals,
    log,
    web: config.appDir === undefined ? undefined : createWeb(config.appDir),
    health: createHealth({ ...asked, build, startedAt: clock.now(), now: () => clock.now() }),
    wellKnown: createWellKnown({ ...asked, addresses: () => facts.addresses, operator: config.operator }),
    metrics: createMetrics({ ...asked, connections, refusals }),
    metricsFor: config.metricsFor
  })
  return { connections, refusals, onRequest, stunRate: createRateLimit({ clock, ...STUN_RATE }) }
}

const startHost = async (
  {
    config,
    log,
    facts,
    refusals,
    data: { privateKey, datastore, store },
    door,
    addresses
  }: {
    readonly config: Config
    readonly log: Log
    readonly facts: Facts
    readonly refusals: Refusals
    readonly data: RelayData
    readonly door: Door
    readonly addresses: Addresses
  },
  endings: Endings
): Promise<void> => {
  const clock = systemClock
  const records = createDhtRecords({ store, rate: createRateLimit({ clock, ...DHT_RATE }), refusals })
  const host = await createHost({
    privateKey,
    door,
    announce: addresses.announce,
    datastore,
    records,
    refusals,
    maxConnections: config.maxConnections
  })
  facts.host = host
  const onChanged = async (): Promise<void> => {
    facts.usage = await store.usage()
  }
  await serveDirectory({ host, store, clock, refusals, log, onChanged })
  await host.start()
  endings.push(() => host.stop())
  const supervisor = superviseHost(host, log)
  endings.push(() => supervisor.stop())
  const bootstrap = startBootstrap({ host, addresses: config.bootstrap, clock, random: systemRandom, log })
  endings.push(() => bootstrap.stop())
}

const sweepNowAndThen = (data: RelayData, facts: Facts, log: Log): (() => void) => {
  const sweep = async (): Promise<void> => {
    try {
      await data.sweep()
      facts.usage = await data.store.usage()
    } catch (error) {
      log.error('relay.sweep-failed', { error: error instanceof Error ? error.name : 'unknown' })
    }
  }
  const timer = setInterval(() => void sweep(), SWEEP_MS)
  return () => clearInterval(timer)
}
