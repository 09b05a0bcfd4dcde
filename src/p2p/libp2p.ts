/**
 * The libp2p node with settings fit for a browser that is reached through relays. Nothing here contacts a third party:
 * no public bootstrap, no public STUN, our own DHT protocol. `start` succeeds with every relay down.
 */
import { noise } from '@libp2p/noise'
import { yamux } from '@libp2p/yamux'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Libp2p, PeerId, Transport } from '@libp2p/interface'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import type { Ping } from '@libp2p/ping'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { createLibp2p } from 'libp2p'

/** Our own, never the public IPFS DHT (DH1). */
export const KAD_PROTOCOL = '/cryptochat/kad/1'

export type Libp2pNode = Libp2p<{
  ping: Ping
  identify: ReturnType<ReturnType<typeof identify>>
  dht: ReturnType<ReturnType<typeof kadDHT>>
}>

export interface Libp2pDeps {
  readonly deviceSeed: Uint8Array
  /** STUN servers of our own relays, asked for at every dial. */
  readonly iceServers: () => readonly { readonly urls: string }[]
  readonly isDenied: (peer: PeerId) => boolean
  /** Besides WebSocket, WebRTC and circuits: the in-memory transport of tests. */
  readonly moreTransports?: readonly ((components: never) => Transport)[]
}

/** A circuit is set up in one round trip; a relay that takes longer is not one to wait for. */
const RESERVATION_MS = 5_000

export const createLibp2pNode = async ({
  deviceSeed,
  iceServers,
  isDenied,
  moreTransports = []
}: Libp2pDeps): Promise<Libp2pNode> => {
  const privateKey = await generateKeyPairFromSeed('Ed25519', deviceSeed)
  return await createLibp2p({
    privateKey,
    start: false,
    // the default tells everybody we connect to which browser and version this is
    nodeInfo: { userAgent: 'cryptochat' },
    addresses: { listen: ['/webrtc'] },
    transports: [
      webSockets(),
      circuitRelayTransport({
        reservationCompletionTimeout: RESERVATION_MS,
        // one relay that does not answer must not hold up the others
        reservationConcurrency: 8
      }),
      // an empty list, not an absent one: the package's own default is four public STUN servers
      webRTC({ rtcConfiguration: () => ({ iceServers: iceServers().map(({ urls }) => ({ urls })) }) }),
      ...(moreTransports as [])
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: {
      // browsers refuse ws:// and private addresses by default; our relays may have both
      denyDialMultiaddr: () => false,
      denyDialPeer: isDenied,
      denyInboundEncryptedConnection: isDenied,
      // WebRTC connections are authenticated by their signalling and skip the encryption step
      denyInboundUpgradedConnection: isDenied,
      denyInboundRelayedConnection: (_relay, peer) => isDenied(peer)
    },
    // relays are supervised in discovery/relays.ts, devices in connections.ts, both faster than these would
    connectionManager: { maxConnections: 300, reconnectRetries: 0, dialTimeout: 6_000, addressDialTimeout: 4_000 },
    connectionMonitor: { enabled: false },
    services: {
      identify: identify({ maxInboundStreams: 4, maxMessageSize: 8_192, maxObservedAddresses: 4 }),
      ping: ping({ maxInboundStreams: 4 }),
      dht: kadDHT({
        protocol: KAD_PROTOCOL,
        clientMode: true,
        // private addresses are kept: a relay on a LAN is a relay
        peerInfoMapper: passthroughMapper,
        allowQueryWithZeroPeers: true
      })
    }
  })
}
