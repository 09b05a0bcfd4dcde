/** What a relay says about itself: to its operator (`/healthz`) and to apps (`/.well-known/cryptochat.json`). */
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Addresses } from './addresses.ts'
import { DHT_PROTOCOL } from './dht-records.ts'
import type { RelayHost } from './host.ts'
import { json } from './http.ts'
import type { Answer } from './http.ts'

export type State = 'starting' | 'ready' | 'stopping'

export interface HealthDeps {
  readonly state: () => State
  readonly build: string
  readonly startedAt: number
  readonly now: () => number
  readonly peerId: string
  readonly host: () => RelayHost | undefined
  readonly usage: () => { readonly blobs: number; readonly bytes: number }
}

export const createHealth = (deps: HealthDeps) => (): Answer => {
  const state = deps.state()
  return json(state === 'ready' ? 200 : 503, {
    ok: state === 'ready',
    build: deps.build,
    peerId: deps.peerId,
    uptimeS: Math.floor((deps.now() - deps.startedAt) / 1000),
    reservations: deps.host()?.services.circuits.reservations.size ?? 0,
    storage: deps.usage()
  })
}

/** The lowest and highest version of each protocol that we speak (VE1). */
const PROTOCOLS = { directory: [1, 1], kad: [1, 1] } as const
const MAX_RELAYS = 8

export const createWellKnown =
  ({
    state,
    addresses,
    host,
    peerId,
    operator
  }: {
    readonly state: () => State
    readonly addresses: () => Addresses | undefined
    readonly host: () => RelayHost | undefined
    readonly peerId: string
    readonly operator: string
  }) =>
  async (): Promise<Answer> => {
    const [own, node] = [addresses(), host()]
    if (own === undefined || node === undefined || state() !== 'ready') return json(503, { error: state() })
    return json(200, {
      peerId,
      addrs: withPeer(own.announce, peerId),
      stun: own.stun,
      relays: await otherRelays(node),
      protocols: PROTOCOLS,
      publicUrl: own.url,
      operator
    })
  }

export const withPeer = (addresses: readonly string[], peerId: string): string[] =>
  addresses.map((address) => `${address}/p2p/${peerId}`)

/** Relays that we are connected to ourselves, so that an app with one of us finds the rest. */
const otherRelays = async (host: RelayHost): Promise<string[]> => {
  const found: string[] = []
  // those that we dialled ourselves first: anybody can come in and call itself a relay
  const isDialled = (peer: PeerId): boolean =>
    host.getConnections(peer).some(({ direction }) => direction === 'outbound')
  const peers = host.getPeers().toSorted((a, b) => Number(isDialled(b)) - Number(isDialled(a)))
  for (const peer of peers) {
    if (found.length >= MAX_RELAYS) break
    const known = await host.peerStore.get(peer).catch(() => undefined)
    if (known?.protocols.includes(DHT_PROTOCOL) !== true) continue
    const address = known.addresses.map(({ multiaddr }) => multiaddr).find(isDialable)
    if (address !== undefined) found.push(`${address.toString().replace(/\/p2p\/[^/]+$/, '')}/p2p/${peer.toString()}`)
  }
  return found
}

const isDialable = (address: Multiaddr): boolean => /\/ws(?:\/p2p\/[^/]+)?$/.test(address.toString())
