/**
 * The open connections to devices, by path, each with one deliver link. Direct ones are asked whether they still answer,
 * because a browser takes 15 seconds to notice that the other side is gone: a silent one is closed here (DL4).
 * Relayed ones are never closed while they answer, also when a direct one is open.
 */
import type { Connection } from '@libp2p/interface'
import { AppError } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { pathOf } from './addresses.ts'
import { shortened } from './discovery/relays.ts'
import type { Libp2pNode } from './libp2p.ts'
import { raceSignal } from './race-signal.ts'
import { openDeliverLink } from './protocols/deliver/client.ts'
import type { DeliverLink } from './protocols/deliver/client.ts'

export interface DeviceConnection {
  readonly device: string
  readonly path: 'direct' | 'relayed'
  readonly connection: Connection
  /** Opened once, again after it broke. @throws AppError */
  link(signal: AbortSignal): Promise<DeliverLink>
  readonly openedAt: number
  roundTripMs: number | undefined
  /** When the other side last answered anything. */
  answeredAt: number
  isOpen(): boolean
}

export interface Connections {
  /** The newest open one on this path. */
  find(device: string, path: 'direct' | 'relayed'): DeviceConnection | undefined
  devices(): readonly string[]
  /** Asks a doubtful connection; closes it when it does not answer soon. Resolves to whether it answered. */
  probe(connection: DeviceConnection): Promise<boolean>
  /** The network may have changed: asks every direct connection. */
  probeAll(): void
  closeAll(device: string): void
  stop(): void
}

export interface ConnectionsDeps {
  readonly libp2p: Libp2pNode
  readonly clock: Clock
  readonly log: Log
  readonly onOpen: (opened: DeviceConnection) => void
  readonly onClose: (closed: DeviceConnection) => void
  /** A round trip was measured. */
  readonly onMeasured: () => void
}

/** A direct path that died silently is noticed within this and the probe's deadline. */
const PING_EVERY_MS = 10_000
/** A probe's deadline, twice: a device that stalls for a second is not a device that is gone. */
const PROBE_MS = 2_000
const PROBES = 2
const LINK_MS = 4_000

export const createConnections = ({
  libp2p,
  clock,
  log,
  onOpen,
  onClose,
  onMeasured
}: ConnectionsDeps): Connections => {
  const byId = new Map<string, DeviceConnection>()
  const probes = new Map<DeviceConnection, Promise<boolean>>()
  const stopping = new AbortController()

  const find = (device: string, path: 'direct' | 'relayed'): DeviceConnection | undefined =>
    [...byId.values()].findLast((known) => known.device === device && known.path === path && known.isOpen())

  const ask = async (known: DeviceConnection): Promise<boolean> => {
    let why: unknown
    for (let count = 0; count < PROBES && known.isOpen(); count++) {
      try {
        const signal = AbortSignal.timeout(PROBE_MS)
        const link = await raceSignal(known.link(signal), signal)
        const startedAt = clock.now()
        await link.ping({ signal })
        known.answeredAt = clock.now()
        known.roundTripMs = known.answeredAt - startedAt
        onMeasured()
        return true
      } catch (error) {
        why = error
      }
    }
    if (!known.isOpen()) return false
    log.info('p2p.connection-silent', { device: shortened(known.device), path: known.path })
    known.connection.abort(new AppError('timeout', 'the connection does not answer', { cause: why }))
    return false
  }

  const probe = async (known: DeviceConnection): Promise<boolean> => {
    const running = probes.get(known) ?? ask(known)
    probes.set(known, running)
    try {
      return await running
    } finally {
      probes.delete(known)
    }
  }

  /** Until the connection closes; the device that dialled asks, which is enough for both. */
  const keepAsking = async (known: DeviceConnection): Promise<void> => {
    while (known.isOpen() && !stopping.signal.aborted) {
      await clock.sleep(PING_EVERY_MS, stopping.signal)
      if (known.isOpen() && clock.now() - known.answeredAt >= PING_EVERY_MS / 2) await probe(known)
    }
  }

  const opened = ({ detail: connection }: { readonly detail: Connection }): void => {
    const path = pathOf(connection.remoteAddr)
    if (path === 'relay' || byId.has(connection.id) || connection.status !== 'open') return
    const known = createDeviceConnection(connection, path, clock)
    const older = find(known.device, path)
    byId.set(connection.id, known)
    log.debug('p2p.connection-open', { device: shortened(known.device), path, direction: connection.direction })
    onOpen(known)
    if (path !== 'direct') return
    // DL4: a newer direct connection replaces the one before unless that still answers
    if (older !== undefined) void probe(older)
    void probe(known)
    keepAsking(known).catch((error: unknown) => {
      if (!stopping.signal.aborted) log.error('p2p.asking-failed', { why: String(error) })
    })
  }

  const closed = ({ detail: connection }: { readonly detail: Connection }): void => {
    const known = byId.get(connection.id)
    if (known === undefined) return
    byId.delete(connection.id)
    log.debug('p2p.connection-closed', { device: shortened(known.device), path: known.path })
    onClose(known)
  }

  libp2p.addEventListener('connection:open', opened)
  libp2p.addEventListener('connection:close', closed)

  return {
    find,
    devices: () => [...new Set([...byId.values()].filter((known) => known.isOpen()).map(({ device }) => device))],
    probe,
    probeAll: () => {
      for (const known of byId.values()) if (known.path === 'direct') void probe(known)
    },
    closeAll: (device) => {
      for (const known of byId.values()) {
        if (known.device === device)
          known.connection.abort(new AppError('aborted', 'no connection to this device is wanted'))
      }
    },
    stop: () => {
      stopping.abort()
      libp2p.removeEventListener('connection:open', opened)
      libp2p.removeEventListener('connection:close', closed)
    }
  }
}

const createDeviceConnection = (connection: Connection, path: 'direct' | 'relayed', clock: Clock): DeviceConnection => {
  let current: Promise<DeliverLink> | undefined
  let open: DeliverLink | undefined

  const openLink = async (): Promise<DeliverLink> => {
    open = await openDeliverLink(connection, { signal: AbortSignal.timeout(LINK_MS) })
    return open
  }

  return {
    device: connection.remotePeer.toString(),
    path,
    connection,
    openedAt: clock.now(),
    roundTripMs: undefined,
    answeredAt: clock.now(),
    isOpen: () => connection.status === 'open',
    link: async (signal) => {
      signal.throwIfAborted()
      if (current === undefined || (open !== undefined && !open.isOpen())) {
        open = undefined
        const opening = openLink()
        current = opening
        opening.catch(() => {
          if (current === opening) current = undefined
        })
      }
      return await current
    }
  }
}
