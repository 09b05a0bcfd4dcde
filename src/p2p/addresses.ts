/**
 * How relays and devices are written as multiaddrs, and which path a connection is. Everything from outside goes
 * through `readRelayAddress`: what it answers names one relay, ends in its peer id and can be dialled by a browser.
 */
import { multiaddr } from '@multiformats/multiaddr'
import type { Multiaddr } from '@multiformats/multiaddr'
import { peerIdFromString } from '@libp2p/peer-id'

export interface RelayAddress {
  readonly peer: string
  /** Canonical text, ending in `/p2p/<peer>`. */
  readonly address: string
}

/** Longer than any honest address: a DNS name has at most 253 characters. */
const MAX_ADDRESS_LENGTH = 400
/** More hops, certificates or protocols than this is not an address of ours. */
const TRANSPORTS = new Set(['ws', 'wss', 'memory'])

/** A relay's address, or undefined when it is not one we can use. `peer` fills in a missing `/p2p/…` end. */
export const readRelayAddress = (text: string, peer?: string): RelayAddress | undefined => {
  if (text.length > MAX_ADDRESS_LENGTH) return undefined
  try {
    const parsed = multiaddr(text)
    const parts = parsed.getComponents()
    if (!parts.some(({ name }) => TRANSPORTS.has(name)) || parts.some(({ name }) => name === 'p2p-circuit'))
      return undefined
    const ends = parts.filter(({ name }) => name === 'p2p')
    if (ends.length > 1 || (ends.length === 1 && parts.at(-1)?.name !== 'p2p')) return undefined
    const named = ends[0]?.value ?? peer
    if (named === undefined || (peer !== undefined && named !== peer) || !isPeerId(named)) return undefined
    return { peer: named, address: ends.length === 1 ? parsed.toString() : `${parsed.toString()}/p2p/${named}` }
  } catch {
    return undefined
  }
}

export const isPeerId = (text: string): boolean => {
  try {
    return peerIdFromString(text).type === 'Ed25519'
  } catch {
    return false
  }
}

export const circuitListenAddress = (relay: string): Multiaddr => multiaddr(`${relay}/p2p-circuit`)

export const relayedAddress = (relay: string, device: string): Multiaddr =>
  multiaddr(`${relay}/p2p-circuit/p2p/${device}`)

export const directAddress = (relay: string, device: string): Multiaddr =>
  multiaddr(`${relay}/p2p-circuit/webrtc/p2p/${device}`)

/** The relay's own address in a device's address, with or without WebRTC on top. */
export const relayPartOf = (address: Multiaddr): string => address.toString().split('/p2p-circuit')[0] ?? ''

/** Devices are reached through a relay, or directly after meeting at one; anything else is a relay itself. */
export const pathOf = (address: Multiaddr): 'direct' | 'relayed' | 'relay' => {
  const names = new Set(address.getComponents().map(({ name }) => name))
  if (names.has('webrtc')) return 'direct'
  return names.has('p2p-circuit') ? 'relayed' : 'relay'
}
