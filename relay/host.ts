/**
 * The libp2p host of a relay: circuit relay, DHT server, identify and ping behind our own door. The library's defaults
 * (15 reservations, two minutes and 128 KiB a circuit) would end every chat; ours are below, each with its reason.
 */
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import type { CircuitRelayService } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Ed25519PrivateKey, Libp2p } from '@libp2p/interface'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import type { KadDHT } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import type { Ping } from '@libp2p/ping'
import { yamux } from '@libp2p/yamux'
import type { Datastore } from 'interface-datastore'
import { createLibp2p } from 'libp2p'
import { MiB } from '../src/base/bytes.ts'
import { DHT_PROTOCOL } from './dht-records.ts'
import type { DhtRecords } from './dht-records.ts'
import type { Door } from './door.ts'
import type { Refusals } from './limits.ts'
import { webSocketsBehind } from './websocket-listener.ts'

export type RelayHost = Libp2p<{ circuits: CircuitRelayService; dht: KadDHT; ping: Ping }>

export interface HostDeps {
  readonly privateKey: Ed25519PrivateKey
  readonly door: Door
  readonly announce: readonly string[]
  readonly datastore: Datastore
  readonly records: DhtRecords
  readonly refusals: Refusals
  readonly maxConnections: number
}

const HOUR_MS = 3600 * 1000

/** A conversation lasts an evening; a peer that loses its circuit dials again. */
const CIRCUIT_MS = 6 * HOUR_MS
/** Text and photos of such an evening. Files prefer direct paths. */
const CIRCUIT_BYTES = BigInt(256 * MiB)
/** Renewed by the peer at half time; one that went away is dropped when its connection is (supervise.ts). */
const RESERVATION_MS = 2 * HOUR_MS
/** One circuit is one stream at each end: a person with many open chats. */
const MAX_STREAMS = 512
/** Handshakes in work: each costs about 10 ms of CPU, so this is a queue of two seconds. */
const MAX_PENDING = 200

export const createHost = async (deps: HostDeps): Promise<RelayHost> => {
  const { privateKey, door, announce, datastore, records, refusals, maxConnections } = deps
  return await createLibp2p({
    privateKey,
    datastore,
    start: false,
    nodeInfo: { userAgent: 'cryptochat-relay' },
    addresses: { listen: [listenAddress(door)], announce: [...announce] },
    transports: [webSocketsBehind(door, refusals)],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ maxInboundStreams: MAX_STREAMS, maxOutboundStreams: MAX_STREAMS })],
    // relays live on private addresses too: in a house, in a test, in a company
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: {
      maxConnections,
      maxIncomingPendingConnections: MAX_PENDING,
      // the door counts per address, with a burst: this one would cut off everybody behind one proxy
      inboundConnectionThreshold: maxConnections
    },
    // 5 s is the library's least: too short for a phone that wakes up, or a busy machine
    connectionMonitor: { pingTimeout: { minTimeout: 15_000 } },
    services: {
      identify: identify(),
      ping: ping(),
      circuits: circuitRelayServer({
        maxInboundHopStreams: MAX_STREAMS,
        maxOutboundHopStreams: MAX_STREAMS,
        maxOutboundStopStreams: MAX_STREAMS,
        hopTimeout: 10_000,
        reservations: {
          maxReservations: maxConnections,
          reservationTtl: RESERVATION_MS,
          applyDefaultLimit: true,
          defaultDurationLimit: CIRCUIT_MS,
          defaultDataLimit: CIRCUIT_BYTES
        }
      }),
      dht: kadDHT({
        protocol: DHT_PROTOCOL,
        clientMode: false,
        peerInfoMapper: passthroughMapper,
        allowQueryWithZeroPeers: true,
        validators: { ...records.validators },
        selectors: { ...records.selectors }
      })
    }
  })
}

export const ipAddress = (host: string): string => (host.includes(':') ? `/ip6/${host}` : `/ip4/${host}`)

const listenAddress = ({ host, port, isSecure }: Door): string =>
  `${ipAddress(host)}/tcp/${port}/${isSecure ? 'tls/ws' : 'ws'}`
