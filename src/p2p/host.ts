/**
 * Puts the network half of a node together: libp2p, supervised relays, connections to devices, and the messenger's port.
 * It comes up with every relay down, keeps what it learns in the book it is given, and contacts nobody but our relays
 * and the people we write to.
 */
import type { Transport } from '@libp2p/interface'
import { AppError } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import { latest } from '../base/latest.ts'
import type { Log } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { DeviceId, Net } from '../messenger/net.ts'
import { createConnections } from './connections.ts'
import type { Connections } from './connections.ts'
import { createDialer } from './dial.ts'
import type { Dialer } from './dial.ts'
import { createRelayBook } from './discovery/relay-book.ts'
import type { RelayHint, RelayShelf, RelaySource } from './discovery/relay-book.ts'
import { createRelays } from './discovery/relays.ts'
import type { Relays } from './discovery/relays.ts'
import { fetchWellKnown, readWellKnown } from './discovery/well-known.ts'
import { createLibp2pNode } from './libp2p.ts'
import type { Libp2pNode } from './libp2p.ts'
import { createNet } from './net.ts'
import type { P2pNet } from './net.ts'
import { watchOnline } from './online.ts'
import { refuseSignalling } from './signalling.ts'

/** Pages that can make the real WebRTC connections for a worker; see `rtc/worker/hosts.ts`. */
export interface RtcHosts {
  count(): number
  onChange(listener: () => void): () => void
}

export interface P2pDeps {
  /** Ed25519 seed of the device key: its public half is the PeerId (ID6). */
  readonly deviceSeed: Uint8Array
  readonly relays: readonly RelayHint[]
  readonly relayBook: RelayShelf
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Where the app came from: its well-known file names the first relays. Asked again until it answers. */
  readonly origin?: string
  /** Absent: WebRTC as this thread has it (a page, Node). `false`: never direct. */
  readonly rtc?: RtcHosts | false
  readonly moreTransports?: readonly ((components: never) => Transport)[]
}

export interface RelaySnapshot {
  readonly peer: string
  readonly addresses: readonly string[]
  readonly state: 'connected' | 'connecting' | 'unreachable'
  readonly reserved: boolean
  readonly source: RelaySource
  readonly roundTripMs?: number
  readonly lastError?: string
}

/** `NetworkView` without what only the messenger knows: names, dids and what waits. */
export interface NetworkSnapshot {
  readonly state: 'offline' | 'connecting' | 'relayed' | 'direct'
  readonly online: boolean
  readonly relays: readonly RelaySnapshot[]
  readonly peers: readonly {
    readonly device: DeviceId
    readonly path: 'direct' | 'relayed'
    readonly roundTripMs?: number
  }[]
  readonly canBeDirect: boolean
  /** Our own addresses, for the debug page. */
  readonly addresses: readonly string[]
  /** Frames and envelopes refused, by reason. */
  readonly refused: Readonly<Record<string, number>>
}

export interface P2p {
  readonly net: Net
  readonly device: DeviceId
  /** For tests and measurements only. */
  readonly libp2p: Libp2pNode
  watchNetwork(): AsyncIterable<NetworkSnapshot>
  network(): NetworkSnapshot
  /** A multiaddr with `/p2p/…`, or the URL of a relay. */
  addRelay(address: string): Promise<'added' | 'known' | 'malformed' | 'unreachable'>
  removeRelay(peer: string): void
  /** Takes in a well-known file. @throws AppError `malformed` */
  learn(wellKnown: unknown, source?: RelaySource): void
  /** Never connect directly to anybody, whoever dials. */
  setRelayOnly(on: boolean): void
  /** The network may have changed (a page came back into sight): tries and asks everything now. */
  wake(): void
  /** Round trip to a device over its best open connection, or undefined. */
  pingPeer(device: string): Promise<number | undefined>
  stop(): Promise<void>
}

const WELL_KNOWN_MS = 4_000
const WELL_KNOWN_RETRY_MS = 5_000

export const createP2p = async (deps: P2pDeps): Promise<P2p> => {
  const { deviceSeed, relayBook, clock, random, log, rtc } = deps
  const stopping = new AbortController()
  const watchers = new Set<() => void>()
  let relayOnly = false
  // made below; events arrive only after `start`
  const made: { relays?: Relays; dialer?: Dialer; connections?: Connections; net?: P2pNet } = {}

  const canBeDirect = (): boolean => {
    if (rtc === false || relayOnly) return false
    return rtc === undefined ? 'RTCPeerConnection' in globalThis || isNode() : rtc.count() > 0
  }
  const mayBeDirect = (device: string): boolean => canBeDirect() && made.net?.mayMeet(device) === true

  const changed = (): void => {
    made.net?.changed()
    for (const tell of watchers) tell()
  }

  const book = createRelayBook({
    shelf: relayBook,
    onChange: () => {
      made.relays?.reconsider()
      changed()
    },
    onSaveFailed: (error) => log.warn('p2p.relay-book-not-saved', { why: error instanceof Error ? error.name : '' })
  })

  const libp2p = await createLibp2pNode({
    deviceSeed,
    iceServers: () => stunOf(book.all().flatMap(({ stun }) => stun ?? [])),
    isDenied: (peer) => made.net?.isDenied(peer.toString()) ?? false,
    ...(deps.moreTransports === undefined ? {} : { moreTransports: deps.moreTransports })
  })
  const upgradeAll = (): void => {
    made.dialer?.forgetFailures()
    for (const device of made.connections?.devices() ?? []) made.dialer?.upgrade(device)
  }
  const online = watchOnline(() => {
    made.relays?.wake()
    made.connections?.probeAll()
    upgradeAll()
    changed()
  })

  const relays = createRelays({
    libp2p,
    book,
    clock,
    random,
    log,
    onChange: changed,
    onReserved: (peer) => made.net?.onReserved(peer)
  })
  const connections = createConnections({
    libp2p,
    clock,
    log,
    onOpen: ({ device, path }) => {
      if (path === 'relayed') made.dialer?.upgrade(device)
      else made.dialer?.forgetFailures(device)
      changed()
    },
    onClose: ({ device, path }) => {
      // its page is gone or the path died: another page or path may do
      if (path === 'direct') made.dialer?.replace(device)
      changed()
    },
    onMeasured: changed
  })
  const dialer = createDialer({ libp2p, relays, connections, clock, log, mayBeDirect })
  const net = await createNet({ libp2p, relays, connections, dialer, isOnline: online.isOnline, clock, log })
  Object.assign(made, { relays, dialer, connections, net })

  const stopRtc =
    rtc === undefined || rtc === false
      ? () => {}
      : rtc.onChange(() => {
          changed()
          if (rtc.count() > 0) upgradeAll()
        })

  await libp2p.start()
  await refuseSignalling(libp2p, (device) => !mayBeDirect(device))
  for (const hint of deps.relays) book.add(hint)
  relays.reconsider()
  book.open().catch((error: unknown) => {
    log.warn('p2p.relay-book-not-read', { why: error instanceof Error ? error.name : '' })
  })

  const learn = (wellKnown: unknown, source: RelaySource = 'learned'): void => {
    for (const hint of readWellKnown(wellKnown, source)) book.add(hint)
  }

  /** Until it answers once: an app that starts offline learns its relays when the network is there. */
  const learnFromOrigin = async (origin: string): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        learn(
          await fetchWellKnown(origin, AbortSignal.any([stopping.signal, AbortSignal.timeout(WELL_KNOWN_MS)])),
          'origin'
        )
        return
      } catch (error) {
        log.debug('p2p.origin-not-read', { why: error instanceof AppError ? error.code : '' })
        await clock.sleep(WELL_KNOWN_RETRY_MS, stopping.signal)
      }
    }
  }
  if (deps.origin !== undefined) {
    learnFromOrigin(deps.origin).catch((error: unknown) => {
      if (!stopping.signal.aborted) log.error('p2p.origin-failed', { why: String(error) })
    })
  }

  const network = (): NetworkSnapshot => {
    const { homes, devices } = net.net.reachability()
    const peers = [...devices].flatMap(([device, { path, roundTripMs }]) =>
      path === 'none' ? [] : [{ device, path, ...(roundTripMs === undefined ? {} : { roundTripMs }) }]
    )
    const isDirect = peers.some(({ path }) => path === 'direct')
    const up = homes.length > 0 || isDirect
    return {
      state: up ? (isDirect ? 'direct' : 'relayed') : online.isOnline() ? 'connecting' : 'offline',
      online: online.isOnline(),
      relays: book.all().map((known) => ({
        peer: known.peer,
        addresses: known.addresses,
        source: known.source,
        ...relays.stateOf(known.peer)
      })),
      peers,
      canBeDirect: canBeDirect(),
      addresses: libp2p.getMultiaddrs().map(String),
      refused: net.refusals()
    }
  }

  return {
    net: net.net,
    device: libp2p.peerId.toString() as DeviceId,
    libp2p,
    network,
    watchNetwork: () =>
      latest((push) => {
        const tell = (): void => push(network())
        watchers.add(tell)
        tell()
        return () => watchers.delete(tell)
      }),
    addRelay: async (address) => {
      const text = address.trim()
      if (text.startsWith('/')) return book.add({ addresses: [text], source: 'manual' })
      try {
        const hints = readWellKnown(await fetchWellKnown(text, AbortSignal.timeout(WELL_KNOWN_MS)), 'manual')
        const [own, ...others] = hints.map((hint) => book.add(hint))
        void others
        return own ?? 'malformed'
      } catch (error) {
        return error instanceof AppError && error.code === 'malformed' ? 'malformed' : 'unreachable'
      }
    },
    removeRelay: (peer) => void book.remove(peer),
    learn,
    setRelayOnly: (on) => {
      relayOnly = on
      if (on)
        for (const device of connections.devices())
          connections.find(device, 'direct')?.connection.abort(new AppError('aborted', 'relay only'))
      else upgradeAll()
      changed()
    },
    wake: () => {
      relays.wake()
      connections.probeAll()
      upgradeAll()
    },
    pingPeer: async (device) => {
      const best = connections.find(device, 'direct') ?? connections.find(device, 'relayed')
      return best !== undefined && (await connections.probe(best)) ? best.roundTripMs : undefined
    },
    stop: async () => {
      stopping.abort()
      stopRtc()
      online.stop()
      connections.stop()
      const relaysEnded = relays.stop()
      await libp2p.stop()
      await relaysEnded
    }
  }
}

/** Only our own relays' servers, and no more than WebRTC makes use of. */
const stunOf = (urls: readonly string[]): readonly { readonly urls: string }[] =>
  [...new Set(urls)].slice(0, 2).map((url) => ({ urls: url }))

/** In Node the package brings its own WebRTC. */
const isNode = (): boolean =>
  'process' in globalThis && !('WorkerGlobalScope' in globalThis) && !('document' in globalThis)
