/**
 * People on real libp2p nodes and relays in this process, for tests of p2p alone. The relay here only relays: tests of the
 * directory and of limits use the real program (test/testnet.ts).
 */
import { noise } from '@libp2p/noise'
import { yamux } from '@libp2p/yamux'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Stream } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { createLibp2p } from 'libp2p'
import { systemClock } from '../../src/base/clock.ts'
import { createLogBook } from '../../src/base/log.ts'
import { systemRandom } from '../../src/base/random.ts'
import type { Target } from '../../src/messenger/net.ts'
import { pathOf } from '../../src/p2p/addresses.ts'
import { createP2p } from '../../src/p2p/host.ts'
import type { P2p, P2pDeps } from '../../src/p2p/host.ts'

export interface BareRelay {
  readonly address: string
  readonly peer: string
  start(): Promise<void>
  stop(): Promise<void>
  /** Stays connected and answers nothing, as behind a network that swallows everything. */
  freeze(): void
}

/** A relay that keeps its key and port over restarts. */
export const createBareRelay = async (number: number): Promise<BareRelay> => {
  const privateKey = await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(number))
  let port = 0
  const make = async () =>
    await createLibp2p({
      privateKey,
      addresses: { listen: [`/ip4/127.0.0.1/tcp/${port}/ws`] },
      transports: [webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: { maxConnections: 1000, inboundConnectionThreshold: 1000 },
      connectionMonitor: { enabled: false },
      services: {
        identify: identify(),
        ping: ping(),
        relay: circuitRelayServer({ reservations: { applyDefaultLimit: false, maxReservations: 100 } })
      }
    })
  let running: Awaited<ReturnType<typeof make>> | undefined = await make()
  const address = running.getMultiaddrs()[0]?.toString() ?? ''
  port = Number(/\/tcp\/(\d+)\//.exec(address)?.[1])
  return {
    address,
    peer: running.peerId.toString(),
    start: async () => {
      running ??= await make()
    },
    stop: async () => {
      const stopping = running
      running = undefined
      await stopping?.stop()
    },
    freeze: () => {
      for (const connection of running?.getConnections() ?? []) {
        // its bytes are no longer read: neither pings nor frames of the muxer are answered
        const { maConn } = connection as unknown as { maConn: { pause(): void } }
        maConn.pause()
      }
    }
  }
}

export interface Somebody {
  readonly p2p: P2p
  readonly logLines: () => readonly { readonly event: string; readonly fields: object }[]
  target(): Extract<Target, { to: 'device' }>
  /** Paths of the open connections to somebody, sorted. */
  connectionsTo(other: Somebody): readonly string[]
  directIds(other: Somebody): readonly string[]
  /** Nothing that comes in over this path is heard any more, as when a network swallows it. */
  silence(path: 'direct' | 'relayed'): void
}

const hush = (stream: Stream): void => {
  stream.pause()
  // whoever reads frames from it would wake it again
  stream.resume = () => undefined
}

let nextSeed = 1000

/** A device that uses the given relays. */
export const createSomebody = async (
  relays: readonly (BareRelay | string)[],
  more: Partial<P2pDeps> = {}
): Promise<Somebody> => {
  const logBook = createLogBook({ now: systemClock.now, size: 2000 })
  const seed = new Uint8Array(32)
  new DataView(seed.buffer).setUint32(0, nextSeed++)
  const addresses = relays.map((relay) => (typeof relay === 'string' ? relay : relay.address))
  const p2p = await createP2p({
    deviceSeed: seed,
    relays: addresses.map((address) => ({ addresses: [address], source: 'origin' })),
    relayBook: { load: async () => undefined, save: async () => {} },
    clock: systemClock,
    random: systemRandom,
    log: logBook,
    rtc: false,
    ...more
  })
  const open = (device: string) =>
    p2p.libp2p
      .getConnections()
      .filter(({ remotePeer, status }) => status === 'open' && remotePeer.toString() === device)
  return {
    p2p,
    logLines: logBook.lines,
    target: () => ({ to: 'device', device: p2p.device, homes: addresses }),
    connectionsTo: (other) =>
      open(other.p2p.device)
        .map(({ remoteAddr }) => pathOf(remoteAddr))
        .toSorted(),
    directIds: (other) =>
      open(other.p2p.device).flatMap(({ id, remoteAddr }) => (pathOf(remoteAddr) === 'direct' ? [id] : [])),
    silence: (path) => {
      for (const connection of p2p.libp2p.getConnections()) {
        if (pathOf(connection.remoteAddr) !== path) continue
        for (const stream of connection.streams) hush(stream)
        const { muxer } = connection as unknown as { muxer: EventTarget }
        muxer.addEventListener('stream', (event) => hush((event as CustomEvent<Stream>).detail))
      }
    }
  }
}

/** Polls a condition; a test that waits in vain says for what. */
export const until = async (what: string, isTrue: () => boolean, timeoutMs = 10_000): Promise<number> => {
  const startedAt = performance.now()
  while (!isTrue()) {
    if (performance.now() - startedAt > timeoutMs) throw new Error(`waited in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return performance.now() - startedAt
}

export const isReserved = ({ p2p }: Somebody, count = 1): boolean => p2p.net.reachability().homes.length >= count
