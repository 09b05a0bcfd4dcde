/**
 * Accounts and libp2p peers for tests of the relay: real keys, heads and documents, but no OpenPGP behind the certificate
 * (the relay reads only its first packet).
 */
import { createHash } from 'node:crypto'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Connection, Libp2p } from '@libp2p/interface'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import type { KadDHT } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { DHT_PROTOCOL } from '../relay/dht-records.ts'
import { concat } from '../src/base/bytes.ts'
import { seededRandom } from '../src/base/random.ts'
import { didFromKey } from '../src/crypto/did.ts'
import { deviceSlot, makeDocument, mlDsaPublicKey } from '../src/crypto/document.ts'
import { DOMAINS } from '../src/crypto/domains.ts'
import { ed25519PublicKey, signEd25519 } from '../src/crypto/ed25519.ts'
import { sha256 } from '../src/crypto/hash.ts'
import { makeHead } from '../src/crypto/head.ts'
import { rootsHash, rootsHashOfKeys, signPromise, signVouch } from '../src/crypto/roots.ts'
import { attendProof, attendStatement } from '../src/wire/directory.ts'
import type { Rotation } from '../src/wire/rotation.ts'

const DAY_MS = 24 * 3600 * 1000
/** When every certificate of the cast was made, in seconds. */
export const CERTIFICATE_CREATED = 1_790_000_000

export interface Account {
  readonly did: string
  readonly didKey: Uint8Array
  /** A record of this account at a place; `twist` makes another document at the same place. */
  record(at: {
    readonly seq: number
    readonly generation?: number
    readonly issued?: number
    readonly freshUntil?: number
    readonly twist?: number
  }): { readonly head: Uint8Array; readonly document: Uint8Array }
  attend(relay: string, device: string): Uint8Array
}

export const makeRelayAccount = (name: string): Account => {
  const seed = (purpose: string): Uint8Array =>
    new Uint8Array(createHash('sha256').update(`${name} ${purpose}`).digest())
  const roots = [0, 1, 2].map((generation) => ({
    root: seed(`root ${generation}`),
    mlDsa: seed(`ml-dsa ${generation}`)
  }))
  const root = (generation: number): { root: Uint8Array; mlDsa: Uint8Array } =>
    roots[generation] ?? { root: seed('x'), mlDsa: seed('y') }
  const headSeed = seed('head')
  const didKey = ed25519PublicKey(root(0).root)

  const rotationTo = (generation: number): Rotation => {
    const [before, after] = [root(generation - 1), root(generation)]
    const [key, mlDsaHash] = [ed25519PublicKey(after.root), sha256(mlDsaPublicKey(after.mlDsa))]
    const promise = signPromise({ didKey, generation, nextRoots: rootsHash(key, mlDsaHash), rootSeed: before.root })
    return { root: key, mlDsaHash, promise }
  }

  return {
    did: didFromKey(didKey),
    didKey,
    record: ({ seq, generation = 0, issued = Date.now(), freshUntil = issued + 20 * DAY_MS, twist = 0 }) => {
      const rotations = Array.from({ length: generation }, (_, index) => rotationTo(index + 1))
      const { root: rootSeed, mlDsa: mlDsaSeed } = root(generation)
      const next = root(generation + 1)
      const place = { generation, seq }
      const headKey = ed25519PublicKey(headSeed)
      const document = makeDocument(
        {
          didKey,
          place,
          ...(generation + seq === 0 ? {} : { previous: seed('previous') }),
          issued: 1_790_000_000_000 + twist,
          certificate: fakeCertificate(ed25519PublicKey(rootSeed)),
          nextRoots: rootsHashOfKeys(ed25519PublicKey(next.root), mlDsaPublicKey(next.mlDsa)),
          headKey,
          suites: ['pgp-v6'],
          devices: [deviceSlot(seed('salt'), seed('device'))],
          rotations,
          rootSeed,
          mlDsaSeed
        },
        seededRandom(seq)
      )
      const vouch = signVouch({ didKey, generation, headKey, rootSeed })
      const documentHash = sha256(document)
      const head = makeHead({ didKey, place, documentHash, rotations, homes: [], headSeed, vouch, issued, freshUntil })
      return { head, document }
    },
    attend: (relay, device) => {
      const statement = attendStatement.encode({ did: didFromKey(didKey), relay, device, issued: Date.now() })
      return attendProof.encode({ statement, signature: signEd25519(DOMAINS.attend, statement, headSeed) })
    }
  }
}

/** The first packet of a v6 certificate, and something after it. */
const fakeCertificate = (key: Uint8Array): Uint8Array => {
  const created = new Uint8Array(4)
  new DataView(created.buffer).setUint32(0, CERTIFICATE_CREATED)
  return concat(Uint8Array.of(0xc6, 42, 6), created, Uint8Array.of(27, 0, 0, 0, 32), key, new Uint8Array(40))
}

export type Peer = Libp2p<{ dht: KadDHT }>

/** A client like the app's: circuits, DHT client, private addresses allowed. `relays` get a reservation each. */
export const createPeer = async (name: string, { relays = [] }: { relays?: readonly string[] } = {}): Promise<Peer> =>
  await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', createHash('sha256').update(`${name} device`).digest()),
    addresses: { listen: relays.map((relay) => `${relay}/p2p-circuit`) },
    transports: [webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: {
      identify: identify(),
      ping: ping(),
      dht: kadDHT({
        protocol: DHT_PROTOCOL,
        clientMode: true,
        peerInfoMapper: passthroughMapper,
        // believes everything: tests look at what servers say
        validators: { head: async () => {}, fp: async () => {} },
        selectors: { head: () => 0, fp: () => 0 }
      })
    }
  })

export const dial = async (peer: Libp2p, address: string): Promise<Connection> => await peer.dial(multiaddr(address))
