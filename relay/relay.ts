/**
 * One running relay: web, circuit relay, DHT, directory and STUN behind one port number. Started in an order in which
 * `/healthz` can already say "not yet", stopped so that the port is free within three seconds whatever hangs.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../src/base/clock.ts'
import type { Clock } from '../src/base/clock.ts'
import type { Log } from '../src/base/log.ts'
import { systemRandom } from '../src/base/random.ts'
import type { DirectoryStore } from '../src/p2p/protocols/directory/store.ts'
import { findAddresses } from './addresses.ts'
import type { Addresses } from './addresses.ts'
import { startBootstrap } from './bootstrap.ts'
import { ConfigError } from './config.ts'
import type { Config } from './config.ts'
import { createDatastore } from './datastore.ts'
import { createDhtRecords } from './dht-records.ts'
import { openDirectoryStore } from './directory-store.ts'
import { openDoor } from './door.ts'
import { createHealth, createWellKnown, withPeer } from './health.ts'
import type { State } from './health.ts'
import { createHost } from './host.ts'
import type { RelayHost } from './host.ts'
import { createHttp } from './http.ts'
import { loadOrMakeIdentity } from './identity.ts'
import { createConnectionBook, createRateLimit, createRefusals } from './limits.ts'
import { createMetrics } from './metrics.ts'
import { serveDirectory } from './serve-directory.ts'
import { startStun } from './stun.ts'
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

const SWEEP_MS = 3600 * 1000
/** A page load asks twice; a mobile operator's whole NAT is one address. */
const STUN_RATE = { burst: 200, perSecond: 50 }
/** Each costs two signature checks, about 4 ms. */
const DHT_RATE = { burst: 200, perSecond: 50 }

/** @throws ConfigError, and whatever else stands in the way. What was started by then has been stopped. */
export const startRelay = async (config: Config, log: Log): Promise<Relay> => {
  const ending: (() => Promise<void> | void)[] = []
  const stop = async (): Promise<void> => {
    for (const end of ending.toReversed()) {
      try {
        await end()
      } catch (error) {
        log.warn('relay.stop-failed', { error: error instanceof Error ? error.name : 'unknown' })
      }
    }
    ending.length = 0
  }
  try {
    return await start(config, log, ending, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

const start = async (
  config: Config,
  log: Log,
  ending: (() => Promise<void> | void)[],
  stop: () => Promise<void>
): Promise<Relay> => {
  const clock = systemClock
  const refusals = createRefusals()
  const connections = createConnectionBook({
    clock,
    max: config.maxConnections,
    maxPerAddress: config.maxConnectionsPerAddress
  })
  let state: State = 'starting'
  let host: RelayHost | undefined
  let addresses: Addresses | undefined
  let usage = { blobs: 0, bytes: 0 }

  if (config.appDir !== undefined) checkApp(config.appDir)
  const privateKey = await loadOrMakeIdentity(config.dataDir)
  const peerId = privateKey.publicKey.toString()

  const datastore = createDatastore({ folder: join(config.dataDir, 'dht'), clock })
  await openOnce(config.dataDir, () => datastore.open())
  ending.push(() => datastore.close())
  const store = openStore(join(config.dataDir, 'directory.sqlite'), clock)
  ending.push(() => store.close())
  const refreshUsage = async (): Promise<void> => {
    usage = await store.usage()
  }
  await refreshUsage()

  const facts = { state: () => state, host: () => host, usage: () => usage, peerId }
  const door = await openDoor({
    config,
    connections,
    refusals,
    log,
    onRequest: createHttp({
      isSecure: config.tls !== undefined || config.publicUrl?.protocol === 'https:',
      refusals,
      log,
      web: config.appDir === undefined ? undefined : createWeb(config.appDir),
      health: createHealth({
        ...facts,
        build: readBuild(config.appDir),
        startedAt: clock.now(),
        now: () => clock.now()
      }),
      wellKnown: createWellKnown({ ...facts, addresses: () => addresses, operator: config.operator }),
      metrics: createMetrics({ ...facts, connections, refusals }),
      metricsFor: config.metricsFor
    })
  })
  ending.push(() => door.close())
  addresses = findAddresses(config, door)

  const stun = await startStun({
    host: door.host,
    port: door.port,
    rate: createRateLimit({ clock, ...STUN_RATE }),
    refusals,
    log
  })
  ending.push(() => stun.stop())

  host = await createHost({
    privateKey,
    door,
    announce: addresses.announce,
    datastore,
    records: createDhtRecords({ store, rate: createRateLimit({ clock, ...DHT_RATE }), refusals }),
    refusals,
    maxConnections: config.maxConnections
  })
  const node = host
  await serveDirectory({ host: node, store, clock, refusals, log, onChanged: refreshUsage })
  await node.start()
  ending.push(() => node.stop())
  const supervisor = superviseHost(node, log)
  ending.push(() => supervisor.stop())
  const bootstrap = startBootstrap({ host: node, addresses: config.bootstrap, clock, random: systemRandom, log })
  ending.push(() => bootstrap.stop())

  const sweeping = setInterval(() => {
    Promise.all([store.sweep(), datastore.sweep()])
      .then(refreshUsage)
      .catch((error: unknown) => {
        log.error('directory.sweep-failed', { error: error instanceof Error ? error.name : 'unknown' })
      })
  }, SWEEP_MS)
  ending.push(() => {
    clearInterval(sweeping)
    state = 'stopping'
  })

  state = 'ready'
  const { url, announce, stun: stunUrl } = addresses
  log.info('relay.ready', { url })
  return {
    ready: { ready: true, url, peerId, addrs: withPeer(announce, peerId), stun: stunUrl, pid: process.pid },
    stop
  }
}

const openOnce = async (dataDir: string, open: () => Promise<void>): Promise<void> => {
  try {
    await open()
  } catch (cause) {
    throw new ConfigError(`DATA_DIR ${dataDir} is in use by another relay, or damaged.`, { cause })
  }
}

const openStore = (file: string, clock: Clock): DirectoryStore => {
  try {
    return openDirectoryStore({ file, clock })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown'
    throw new ConfigError(`${file} cannot be opened (${why}).`, { cause })
  }
}

const checkApp = (appDir: string): void => {
  try {
    readFileSync(join(appDir, 'index.html'))
  } catch (cause) {
    throw new ConfigError('There is no built app to serve: run “npm run build” first, or start with --no-app.', {
      cause
    })
  }
}

/** Names what is served: the app by the hash of its page, which names every other file by its hash; else the package. */
const readBuild = (appDir: string | undefined): string => {
  if (appDir !== undefined) {
    const page = readFileSync(join(appDir, 'index.html'))
    return createHash('sha256').update(page).digest('hex').slice(0, 12)
  }
  const about: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof about === 'object' && about !== null && 'version' in about ? String(about.version) : 'unknown'
}
