/**
 * What one stranger, one address and everybody together may take of this machine. Every refusal is counted under a
 * reason and changes nothing else: no refusal is ever an exception that leaves its door.
 */
import type { Clock } from '../src/base/clock.ts'

/** Why something was turned away; the label of `cryptochat_refused_total`. */
export type Reason =
  | 'connections'
  | 'connections-per-address'
  | 'connection-rate'
  | 'websocket'
  | 'handshake'
  | 'tls'
  | 'http'
  | 'stun-malformed'
  | 'stun-rate'
  | 'directory-rate'
  | 'directory-streams'
  | 'directory-frame'
  | 'directory-refused'
  | 'directory-full'
  | 'knock-rate'
  | 'dht-record'
  | 'dht-rate'

export interface Refusals {
  count(reason: Reason): void
  /** For metrics and tests. */
  all(): ReadonlyMap<Reason, number>
}

export const createRefusals = (): Refusals => {
  const counts = new Map<Reason, number>()
  return {
    count: (reason) => {
      counts.set(reason, (counts.get(reason) ?? 0) + 1)
    },
    all: () => counts
  }
}

/** A token bucket per key: `burst` at once, `perSecond` for ever. Full buckets are forgotten, so memory is bounded. */
export interface RateLimit {
  /** Takes `cost` tokens, or none and answers false. */
  take(key: string, cost?: number): boolean
}

export interface RateLimitOptions {
  readonly clock: Clock
  readonly burst: number
  readonly perSecond: number
  readonly maxKeys?: number
}

export const createRateLimit = ({ clock, burst, perSecond, maxKeys = 50_000 }: RateLimitOptions): RateLimit => {
  const buckets = new Map<string, { tokens: number; at: number }>()

  const forgetFull = (now: number): void => {
    for (const [key, { tokens, at }] of buckets) {
      if (tokens + ((now - at) / 1000) * perSecond >= burst) buckets.delete(key)
    }
  }

  return {
    take: (key, cost = 1) => {
      const now = clock.now()
      const bucket = buckets.get(key)
      if (bucket === undefined && buckets.size >= maxKeys) {
        forgetFull(now)
        // more strangers at once than we keep books for: nobody new until some are done
        if (buckets.size >= maxKeys) return false
      }
      const { tokens, at } = bucket ?? { tokens: burst, at: now }
      const filled = Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond)
      const isEnough = filled >= cost
      buckets.set(key, { tokens: isEnough ? filled - cost : filled, at: now })
      return isEnough
    }
  }
}

/** IPv4 as it is, IPv6 by its /64: that is what one customer gets. */
export const addressGroup = (address: string): string => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  return [...before, ...gap, ...after]
    .slice(0, 4)
    .map((part) => part.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')
}

export interface ConnectionBook {
  /** Undefined: there is room, call the answer when it ends. */
  open(address: string): { readonly refused: Reason } | { readonly close: () => void }
  size(): number
}

/** New connections a second from one address, after a burst of the whole allowance. */
const NEW_PER_SECOND = 20

export const createConnectionBook = ({
  clock,
  max,
  maxPerAddress
}: {
  readonly clock: Clock
  readonly max: number
  readonly maxPerAddress: number
}): ConnectionBook => {
  const open = new Map<string, number>()
  const rate = createRateLimit({ clock, burst: maxPerAddress * 2, perSecond: NEW_PER_SECOND })
  let total = 0

  return {
    open: (address) => {
      const group = addressGroup(address)
      const here = open.get(group) ?? 0
      if (total >= max) return { refused: 'connections' }
      if (here >= maxPerAddress) return { refused: 'connections-per-address' }
      if (!rate.take(group)) return { refused: 'connection-rate' }
      total++
      open.set(group, here + 1)
      let isOpen = true
      return {
        close: () => {
          if (!isOpen) return
          isOpen = false
          total--
          const left = (open.get(group) ?? 1) - 1
          if (left === 0) open.delete(group)
          else open.set(group, left)
        }
      }
    },
    size: () => total
  }
}
