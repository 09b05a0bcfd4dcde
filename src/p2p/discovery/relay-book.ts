/**
 * Every relay we know: from the app's origin, from other relays, from invites, or typed in. Bounded, because relays and
 * invites name relays; what a person typed in and the app's own origin are never pushed out by what others say.
 */
import { readRelayAddress } from '../addresses.ts'

export const RELAY_SOURCES = ['manual', 'origin', 'invite', 'learned'] as const
export type RelaySource = (typeof RELAY_SOURCES)[number]

export interface RelayHint {
  readonly addresses: readonly string[]
  readonly source: RelaySource
  /** `stun:host:port`. */
  readonly stun?: string
}

export interface KnownRelay {
  readonly peer: string
  readonly addresses: readonly string[]
  readonly source: RelaySource
  readonly stun?: string
}

/** Where the book is kept between starts; what it gives back is checked like anything from outside. */
export interface RelayShelf {
  load(): Promise<unknown>
  save(relays: readonly KnownRelay[]): Promise<void>
}

export interface RelayBook {
  /** Best first: typed in, origin, invites, learned; within a source in the order they came. */
  all(): readonly KnownRelay[]
  get(peer: string): KnownRelay | undefined
  /** `added` also when an address or a better source is new. */
  add(hint: RelayHint): 'added' | 'known' | 'malformed'
  remove(peer: string): boolean
  /** Takes in what the shelf holds. */
  open(): Promise<void>
}

/** HN2 names five homes; contacts' homes come and go. */
const MAX_RELAYS = 64
const MAX_ADDRESSES = 4
/** A STUN server of a relay: nothing that could name a third party's TURN credentials or odd schemes. */
const STUN_URL = /^stun:(?:[\w.-]{1,253}|\[[\da-f:.]{2,45}\]):\d{1,5}$/i

export const createRelayBook = ({
  shelf,
  onChange,
  onSaveFailed
}: {
  shelf: RelayShelf
  onChange: () => void
  onSaveFailed: (error: unknown) => void
}): RelayBook => {
  const byPeer = new Map<string, KnownRelay>()
  let saving = Promise.resolve()

  const changed = (): void => {
    const now = [...byPeer.values()]
    saving = saving.then(() => shelf.save(now)).catch(onSaveFailed)
    onChange()
  }

  /** Keeps the map within its bound by forgetting the newest learned relay; false when nothing may be forgotten. */
  const makeRoom = (): boolean => {
    if (byPeer.size < MAX_RELAYS) return true
    const victim = [...byPeer.values()].findLast(({ source }) => source === 'learned')
    return victim !== undefined && byPeer.delete(victim.peer)
  }

  const put = ({ addresses, source, stun }: RelayHint): 'added' | 'known' | 'malformed' => {
    const read = addresses.slice(0, MAX_ADDRESSES).map((address) => readRelayAddress(address))
    const good = read.filter((address) => address !== undefined)
    const peer = good[0]?.peer
    if (peer === undefined || good.some((other) => other.peer !== peer)) return 'malformed'
    const known = byPeer.get(peer)
    if (known === undefined && !makeRoom()) return 'known'
    // what was said first stays in front, unless a better source speaks
    const better = known !== undefined && rank(source) < rank(known.source)
    const mine = good.map(({ address }) => address)
    const theirs = known?.addresses ?? []
    const merged = [...new Set(better ? [...mine, ...theirs] : [...theirs, ...mine])].slice(0, MAX_ADDRESSES)
    const goodStun = stun !== undefined && STUN_URL.test(stun) ? stun : undefined
    const keptStun = better ? (goodStun ?? known.stun) : (known?.stun ?? goodStun)
    const next: KnownRelay = {
      peer,
      addresses: merged,
      source: known === undefined || better ? source : known.source,
      ...(keptStun === undefined ? {} : { stun: keptStun })
    }
    byPeer.set(peer, next)
    return JSON.stringify(next) === JSON.stringify(known) ? 'known' : 'added'
  }

  return {
    all: () => [...byPeer.values()].toSorted((a, b) => rank(a.source) - rank(b.source)),
    get: (peer) => byPeer.get(peer),
    add: (hint) => {
      const outcome = put(hint)
      if (outcome === 'added') changed()
      return outcome
    },
    remove: (peer) => {
      const had = byPeer.delete(peer)
      if (had) changed()
      return had
    },
    open: async () => {
      const rows = await shelf.load()
      if (!Array.isArray(rows)) return
      let isNew = false
      for (const row of rows.slice(0, MAX_RELAYS)) {
        const hint = readHint(row)
        if (hint !== undefined && put(hint) === 'added') isNew = true
      }
      if (isNew) onChange()
    }
  }
}

const rank = (source: RelaySource): number => RELAY_SOURCES.indexOf(source)

const readHint = (row: unknown): RelayHint | undefined => {
  if (typeof row !== 'object' || row === null) return undefined
  const { addresses, source, stun } = row as Record<string, unknown>
  if (!Array.isArray(addresses) || !addresses.every((address) => typeof address === 'string')) return undefined
  const from = RELAY_SOURCES.find((name) => name === source)
  if (from === undefined) return undefined
  return { addresses, source: from, ...(typeof stun === 'string' ? { stun } : {}) }
}
