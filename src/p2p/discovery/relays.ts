/**
 * Keeps reservations at our relays, whatever happens to them: at least two in force when that many are known, a dead
 * relay noticed by pings, a restarted one used again within three seconds. A relay that is down never stops the others.
 */
import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { AppError } from '../../base/errors.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Random } from '../../base/random.ts'
import { pathOf } from '../addresses.ts'
import type { Libp2pNode } from '../libp2p.ts'
import type { KnownRelay, RelayBook } from './relay-book.ts'
import { isUp } from './is-up.ts'
import { pingRelay } from './ping-relay.ts'
import { createReservation } from './reserve.ts'

export interface RelayState {
  readonly state: 'connected' | 'connecting' | 'unreachable'
  /** A reservation is in force: others can reach us through it. */
  readonly reserved: boolean
  readonly roundTripMs?: number
  readonly lastError?: string
}

export interface Relays {
  /** Known or book changed: decides again which relays to use. */
  reconsider(): void
  /** The network may be back: every waiting relay is tried at once, every open one is asked whether it answers. */
  wake(): void
  stateOf(peer: string): RelayState
  /** Addresses of relays with a reservation in force, best first. */
  homes(): readonly string[]
  /** The open connection to a relay, ours or not. */
  connectionTo(peer: string): Connection | undefined
  /** An open connection to the relay, dialled when there is none. @throws AppError `offline` */
  connect(address: string, signal: AbortSignal): Promise<Connection>
  /** Something took too long over this relay: it is asked, and its connection closed when it is silent. */
  doubt(peer: string): Promise<void>
  stop(): Promise<void>
}

export interface RelaysDeps {
  readonly libp2p: Libp2pNode
  readonly book: RelayBook
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** The state of any relay changed. */
  readonly onChange: () => void
  /** A reservation came into force, again or for the first time. */
  readonly onReserved: (peer: string, connection: Connection) => void
}

/** Two are promised; the third is there while one of them restarts. */
const WANTED = 3
const PROMISED = 2
/** No more keepers than this, however many relays are down. */
const MAX_KEEPERS = 8

const CONNECT_MS = 4_000
/** A dead relay is noticed within this and two ping deadlines; also keeps NAT mappings and proxies awake. */
const PING_EVERY_MS = 10_000
const PING_MS = 2_500

/** From so many failures on, a relay is asked over HTTP first. */
const OFTEN = 8

/** Quick first tries: a restarted relay is back in under two seconds. Later ones spare the battery of a phone. */
export const retryDelayMs = (failures: number, downForMs: number): number => {
  const quick = [100, 300, 700, 1_200][failures - 1]
  if (quick !== undefined) return quick
  if (downForMs < 120_000) return 1_500
  return downForMs < 900_000 ? 8_000 : 30_000
}

/** Not at every turn when it has been down for long: each failed WebSocket makes the browser slower to try the next. */
const isWorthTrying = async ({ addresses: [first] }: KnownRelay, failures: number, signal: AbortSignal) =>
  first === undefined || failures < OFTEN || failures % OFTEN === 0 || (await isUp(first, signal)) !== 'down'

interface Keeper {
  state: RelayState
  failures: number
  /** Ends the pause before the next try or ping; between two pauses it skips the next. */
  wake: () => void
  isWoken: boolean
  readonly stopping: AbortController
  readonly ended: Promise<void>
}

export const createRelays = ({ libp2p, book, clock, random, log, onChange, onReserved }: RelaysDeps): Relays => {
  const keepers = new Map<string, Keeper>()
  const reservations = new Map<string, ReturnType<typeof createReservation>>()
  let stopped = false

  const connectionTo = (peer: string): Connection | undefined =>
    libp2p
      .getConnections()
      .find(
        (open) => open.remotePeer.toString() === peer && open.status === 'open' && pathOf(open.remoteAddr) === 'relay'
      )

  const connect = async (address: string, signal: AbortSignal): Promise<Connection> => {
    const where = multiaddr(address)
    const peer = where.getComponents().findLast(({ name }) => name === 'p2p')?.value
    const open = peer === undefined ? undefined : connectionTo(peer)
    if (open !== undefined) return open
    try {
      return await libp2p.dial(where, { signal: AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]) })
    } catch (cause) {
      throw new AppError('offline', 'the relay cannot be reached', { cause })
    }
  }

  const reserve = async (relay: KnownRelay, signal: AbortSignal): Promise<Connection> => {
    const reservation = reservations.get(relay.peer) ?? createReservation(libp2p, relay.peer)
    reservations.set(relay.peer, reservation)
    let failure: unknown
    for (const address of relay.addresses) {
      try {
        const connection = await connect(address, signal)
        if (!reservation.isInForce()) await reservation.make(address)
        return connection
      } catch (error) {
        failure = error
        signal.throwIfAborted()
      }
    }
    throw failure
  }

  const doubt = async (peer: string): Promise<void> => {
    const connection = connectionTo(peer)
    if (connection === undefined) return
    const answer = await pingRelay(connection, { clock, random, signal: AbortSignal.timeout(PING_MS) })
    if (answer === 'silent') connection.abort(new AppError('timeout', 'the relay does not answer'))
  }

  /** Returns when the relay is gone, its reservation lost, or it stopped answering. */
  const watchOver = async (relay: KnownRelay, connection: Connection, keeper: Keeper): Promise<void> => {
    const { signal } = keeper.stopping
    const closed = new Promise<void>((resolve) => {
      connection.addEventListener('close', () => resolve(), { once: true })
    })
    let missed = 0
    while (!signal.aborted && connection.status === 'open') {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(PING_MS)])
      const answer = await pingRelay(connection, { clock, random, signal: deadline })
      signal.throwIfAborted()
      missed = answer === 'silent' ? missed + 1 : 0
      if (typeof answer === 'object') show(keeper, { state: 'connected', reserved: true, ...answer })
      if (missed >= 2) {
        log.warn('p2p.relay-silent', { relay: shortened(relay.peer) })
        connection.abort(new AppError('timeout', 'the relay does not answer'))
        return
      }
      if (!(reservations.get(relay.peer)?.isInForce() ?? false)) return
      if (missed === 0) await pause(keeper, PING_EVERY_MS, closed)
    }
  }

  const keep = async (peer: string, keeper: Keeper): Promise<void> => {
    const { signal } = keeper.stopping
    let downSince = clock.now()
    while (!signal.aborted) {
      const relay = book.get(peer)
      if (relay === undefined) return
      try {
        if (!(await isWorthTrying(relay, keeper.failures, signal))) throw new AppError('offline', 'the relay is down')
        const startedAt = clock.now()
        const connection = await reserve(relay, signal)
        log.info('p2p.relay-reserved', {
          relay: shortened(peer),
          tookMs: clock.now() - startedAt,
          failures: keeper.failures
        })
        keeper.failures = 0
        show(keeper, { state: 'connected', reserved: true })
        onReserved(peer, connection)
        await watchOver(relay, connection, keeper)
        downSince = clock.now()
        show(keeper, { state: 'connecting', reserved: false })
      } catch (error) {
        if (signal.aborted) return
        keeper.failures++
        const lastError = error instanceof Error ? error.message : 'failed'
        show(keeper, { state: keeper.failures > 1 ? 'unreachable' : 'connecting', reserved: false, lastError })
        if (keeper.failures === 1) log.warn('p2p.relay-lost', { relay: shortened(peer) })
        const delay = retryDelayMs(keeper.failures, clock.now() - downSince)
        await pause(keeper, delay * (0.8 + 0.4 * random.fraction()))
      }
    }
  }

  const pause = async (keeper: Keeper, ms: number, orWhen?: Promise<void>): Promise<void> => {
    const woken = new AbortController()
    keeper.wake = () => woken.abort()
    if (keeper.isWoken) woken.abort()
    keeper.isWoken = false
    const signal = AbortSignal.any([woken.signal, keeper.stopping.signal])
    const slept = clock.sleep(ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    await (orWhen === undefined ? slept : Promise.race([slept, orWhen]))
    woken.abort()
    keeper.wake = () => {
      keeper.isWoken = true
    }
  }

  const show = (keeper: Keeper, next: RelayState): void => {
    const before = keeper.state
    keeper.state = next
    if (before.state === next.state && before.reserved === next.reserved && before.roundTripMs === next.roundTripMs)
      return
    onChange()
    if (before.reserved !== next.reserved) reconsider()
  }

  const startKeeper = (peer: string): void => {
    const stopping = new AbortController()
    const started = Promise.withResolvers<void>()
    const keeper: Keeper = {
      state: { state: 'connecting', reserved: false },
      failures: 0,
      wake: () => {},
      isWoken: false,
      stopping,
      ended: started.promise
    }
    keepers.set(peer, keeper)
    keep(peer, keeper)
      .catch((error: unknown) => {
        if (!stopping.signal.aborted)
          log.error('p2p.keeper-died', { why: error instanceof Error ? error.name : 'unknown' })
      })
      .finally(() => {
        if (keepers.get(peer) === keeper) keepers.delete(peer)
        started.resolve()
        if (!stopped) onChange()
      })
  }

  const reconsider = (): void => {
    if (stopped) return
    const known = book.all()
    for (const [peer, keeper] of keepers) {
      if (book.get(peer) === undefined) {
        keeper.stopping.abort()
        keepers.delete(peer)
        connectionTo(peer)
          ?.close()
          .catch(() => log.debug('p2p.relay-close-failed'))
      }
    }
    for (const { peer } of known) {
      if (keepers.has(peer)) continue
      const reserved = [...keepers.values()].filter(({ state }) => state.reserved).length
      const hopeless = [...keepers.values()].filter(({ failures }) => failures > 2).length
      const enough = keepers.size - hopeless >= WANTED || (keepers.size >= WANTED && reserved >= PROMISED)
      if (enough || keepers.size >= MAX_KEEPERS) break
      startKeeper(peer)
    }
  }

  return {
    reconsider,
    wake: () => {
      for (const keeper of keepers.values()) {
        keeper.failures = Math.min(keeper.failures, 1)
        keeper.wake()
      }
      for (const { remotePeer, remoteAddr } of libp2p.getConnections()) {
        const peer = remotePeer.toString()
        if (pathOf(remoteAddr) === 'relay' && !keepers.has(peer)) void doubt(peer)
      }
    },
    stateOf: (peer) => {
      const keeper = keepers.get(peer)
      if (keeper !== undefined) return keeper.state
      return { state: connectionTo(peer) === undefined ? 'connecting' : 'connected', reserved: false }
    },
    homes: () =>
      book
        .all()
        .flatMap(({ peer, addresses: [first] }) =>
          keepers.get(peer)?.state.reserved === true && first !== undefined ? [first] : []
        ),
    connectionTo,
    connect,
    doubt,
    stop: async () => {
      stopped = true
      const ended = [...keepers.values()].map((keeper) => {
        keeper.stopping.abort()
        return keeper.ended
      })
      await Promise.all(ended)
    }
  }
}

/** Enough of a peer id to tell relays apart in a log. */
export const shortened = (peer: string): string => peer.slice(-8)
