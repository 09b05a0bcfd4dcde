/**
 * Joins other relays: each address of BOOTSTRAP is dialled in the background, again and again with growing pauses, until
 * it is connected, and again when that ends. A URL is asked for its `/.well-known/cryptochat.json` first.
 */
import type { Clock } from '../src/base/clock.ts'
import type { Log } from '../src/base/log.ts'
import type { Random } from '../src/base/random.ts'
import { multiaddr } from '@multiformats/multiaddr'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { RelayHost } from './host.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000
/** How often a joined relay is looked at. */
const CHECK_MS = 5_000
const DIAL_MS = 8_000
const MAX_CARD_CHARS = 64 * 1024

export interface BootstrapDeps {
  readonly host: RelayHost
  readonly addresses: readonly string[]
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export const startBootstrap = ({ host, addresses, clock, random, log }: BootstrapDeps): { stop(): Promise<void> } => {
  const stopping = new AbortController()
  const { signal } = stopping

  const keepJoined = async (address: string, index: number): Promise<void> => {
    let pause = FIRST_PAUSE_MS
    let wasJoined = false
    while (!signal.aborted) {
      const isJoined = await join(host, address, signal)
      if (isJoined !== wasJoined) log.info(isJoined ? 'bootstrap.joined' : 'bootstrap.lost', { index })
      wasJoined = isJoined
      pause = isJoined ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, pause * 2)
      await clock.sleep(isJoined ? CHECK_MS : pause * (0.5 + random.fraction()), signal)
    }
  }

  const running = Promise.allSettled(addresses.map(keepJoined))
  return {
    stop: async () => {
      stopping.abort()
      await running
    }
  }
}

const join = async (host: RelayHost, address: string, stop: AbortSignal): Promise<boolean> => {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(DIAL_MS)])
  try {
    const found = address.startsWith('/') ? [multiaddr(address)] : await readCard(address, signal)
    const others = found.filter((one) => !one.toString().endsWith(`/p2p/${host.peerId.toString()}`))
    if (others.length === 0) return found.length > 0 // it is ourselves
    await host.dial(others, { signal })
    return true
  } catch {
    return false // down, or not a relay: asked again after the pause
  }
}

const readCard = async (url: string, signal: AbortSignal): Promise<Multiaddr[]> => {
  const response = await fetch(new URL('/.well-known/cryptochat.json', url), { signal, redirect: 'error' })
  const text = await response.text()
  if (!response.ok || text.length > MAX_CARD_CHARS) throw new Error('no relay')
  const card: unknown = JSON.parse(text)
  const addrs =
    typeof card === 'object' && card !== null && 'addrs' in card && Array.isArray(card.addrs) ? card.addrs : []
  return addrs
    .filter((one): one is string => typeof one === 'string')
    .slice(0, 8)
    .map((one) => multiaddr(one))
}
