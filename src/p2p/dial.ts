/**
 * How a connection to a device comes about (DL4): three seconds and one retry a dial. First relayed, because that always
 * works when both sides are at some relay; then direct, tried in the background while the relayed one carries messages.
 */
import { AppError } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { directAddress, pathOf, readRelayAddress, relayedAddress, relayPartOf } from './addresses.ts'
import type { Connections, DeviceConnection } from './connections.ts'
import { shortened } from './discovery/relays.ts'
import type { Relays } from './discovery/relays.ts'
import type { Libp2pNode } from './libp2p.ts'
import { raceSignal } from './race-signal.ts'

export interface Dialer {
  /** An open relayed connection, dialled through `homes` and our own relays when there is none. @throws AppError `offline` */
  relayed(device: string, homes: readonly string[], signal: AbortSignal): Promise<DeviceConnection>
  /** Tries a direct connection in the background where there is only a relayed one. Never throws, never twice at a time. */
  upgrade(device: string): void
  /** A direct connection broke: as `upgrade`, without waiting for the other side to try. */
  replace(device: string): void
  /** The network changed, a page offers WebRTC, or this device was met: what failed before may work now. */
  forgetFailures(device?: string): void
}

export interface DialerDeps {
  readonly libp2p: Libp2pNode
  readonly relays: Relays
  readonly connections: Connections
  readonly clock: Clock
  readonly log: Log
  /** This browser can make direct connections, and we want one to this device. */
  readonly mayBeDirect: (device: string) => boolean
}

/** DL4. */
export const DIAL_MS = 3_000
const ATTEMPTS = 2
/** Homes asked for one device: what a head or invite may name (HN2). */
const MAX_HOMES = 8
/** Whoever dialled the relayed connection tries the direct path first; the other side when that has not led to one soon. */
const OTHER_SIDE_MS = 2_500
/** Between networks that cannot meet directly every try costs both sides a few packets: soon rarely. */
const RETRY_AFTER_MS = [8_000, 30_000, 120_000, 600_000] as const

export const createDialer = ({ libp2p, relays, connections, clock, log, mayBeDirect }: DialerDeps): Dialer => {
  const dialling = new Map<string, Promise<DeviceConnection>>()
  const upgrading = new Set<string>()
  const waiting = new Map<string, AbortController>()
  const failures = new Map<string, { count: number; until: number }>()

  /** Through one relay after the other as they come into reach: libp2p joins two dials to one peer anyway. */
  const dialRelayed = async (
    device: string,
    homes: readonly string[],
    signal: AbortSignal
  ): Promise<DeviceConnection> => {
    const candidates = candidatesFrom(homes)
    if (candidates.length === 0) throw new AppError('offline', 'no relay is known')
    let through: Promise<DeviceConnection | undefined> = Promise.resolve(undefined)
    let why: unknown
    const attempts = candidates.map(async (home) => {
      try {
        await relays.connect(home, signal)
      } catch (error) {
        why ??= error
        return undefined
      }
      through = through.then(async (found) => found ?? (await dialThrough(home)))
      return await through
    })
    const dialThrough = async (home: string): Promise<DeviceConnection | undefined> => {
      try {
        signal.throwIfAborted()
        // `force`, or a stale direct connection would be given back instead
        await libp2p.dial(relayedAddress(home, device), { signal, force: true })
        return connections.find(device, 'relayed')
      } catch (error) {
        why = error
        const relay = isDeadline(error) ? readRelayAddress(home) : undefined
        if (relay !== undefined) void relays.doubt(relay.peer)
        return undefined
      }
    }
    const found = await firstFound(attempts)
    if (found !== undefined) return found
    throw new AppError('offline', 'the device is at none of its relays', { cause: why })
  }

  const rank = ([peer]: readonly [string, string]): number => (relays.connectionTo(peer) === undefined ? 1 : 0)

  /** Open relays first: no handshake stands between us and the answer. */
  const candidatesFrom = (homes: readonly string[]): readonly string[] => {
    const byPeer = new Map<string, string>()
    for (const home of [...homes, ...relays.homes()]) {
      const read = readRelayAddress(home)
      if (read !== undefined && !byPeer.has(read.peer)) byPeer.set(read.peer, read.address)
    }
    return [...byPeer]
      .toSorted((a, b) => rank(a) - rank(b))
      .slice(0, MAX_HOMES)
      .map(([, address]) => address)
  }

  const relayedWithRetry = async (device: string, homes: readonly string[]): Promise<DeviceConnection> => {
    let failure: unknown
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        return await dialRelayed(device, homes, AbortSignal.timeout(DIAL_MS))
      } catch (error) {
        failure = error
        // a quick "not here" from every relay will be the same a moment later
        if (!isDeadline(error)) break
      }
    }
    throw failure
  }

  /** Ends early when a direct connection was there and broke: then nobody else may know. */
  const waitForThem = async (device: string): Promise<void> => {
    const hurry = new AbortController()
    waiting.set(device, hurry)
    await clock.sleep(OTHER_SIDE_MS, hurry.signal).catch(() => undefined)
    waiting.delete(device)
  }

  const dialDirect = async (device: string, isOurTurn: boolean): Promise<void> => {
    const relayed = connections.find(device, 'relayed')
    if (relayed === undefined) return
    const where = directAddress(relayPartOf(relayed.connection.remoteAddr), device)
    const isTheirTurn = relayed.connection.direction === 'inbound' && clock.now() - relayed.openedAt < OTHER_SIDE_MS
    if (isTheirTurn && !isOurTurn) await waitForThem(device)
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (connections.find(device, 'direct') !== undefined || !mayBeDirect(device) || !relayed.isOpen()) return
      const startedAt = clock.now()
      try {
        const { remoteAddr } = await libp2p.dial(where, { signal: AbortSignal.timeout(DIAL_MS), force: true })
        // libp2p joined us to the dial that is just making the relayed connection
        if (pathOf(remoteAddr) !== 'direct') continue
        log.info('p2p.direct', { device: shortened(device), tookMs: clock.now() - startedAt, attempt })
        return
      } catch (error) {
        log.debug('p2p.direct-failed', {
          device: shortened(device),
          attempt,
          why: error instanceof Error ? error.name : ''
        })
      }
    }
    const count = (failures.get(device)?.count ?? 0) + 1
    const after = RETRY_AFTER_MS[Math.min(count, RETRY_AFTER_MS.length) - 1] ?? 0
    failures.set(device, { count, until: clock.now() + after })
  }

  const upgrade = (device: string, isOurTurn = false): void => {
    if (upgrading.has(device) || !mayBeDirect(device) || connections.find(device, 'direct') !== undefined) return
    if ((failures.get(device)?.until ?? 0) > clock.now()) return
    upgrading.add(device)
    dialDirect(device, isOurTurn)
      .catch((error: unknown) => log.error('p2p.upgrade-failed', { why: error instanceof Error ? error.name : '' }))
      .finally(() => upgrading.delete(device))
  }

  return {
    relayed: async (device, homes, signal) => {
      const open = connections.find(device, 'relayed')
      if (open !== undefined) return open
      const running = dialling.get(device) ?? relayedWithRetry(device, homes).finally(() => dialling.delete(device))
      dialling.set(device, running)
      return await raceSignal(running, signal)
    },
    replace: (device) => {
      waiting.get(device)?.abort()
      upgrade(device, true)
    },
    upgrade: (device) => upgrade(device),
    forgetFailures: (device) => {
      if (device === undefined) failures.clear()
      else failures.delete(device)
    }
  }
}

/** The first that is not undefined; undefined when none is. None of them rejects. */
const firstFound = async <T>(attempts: readonly Promise<T | undefined>[]): Promise<T | undefined> => {
  const found = attempts.map(async (attempt) => {
    const value = await attempt
    if (value === undefined) throw new AppError('not-found', 'nothing')
    return value
  })
  return await Promise.any(found).catch(() => undefined)
}

const isDeadline = (error: unknown): boolean => {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.name === 'TimeoutError' || at.name === 'AbortError') return true
  }
  return false
}
