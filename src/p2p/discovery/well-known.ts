/**
 * What a relay says of itself at `/.well-known/cryptochat.json`: its peer id, addresses, STUN, and other relays it knows.
 * It comes from outside: unknown fields are ignored, wrong ones make the whole `malformed`.
 */
import { AppError } from '../../base/errors.ts'
import { KiB } from '../../base/bytes.ts'
import { readRelayAddress } from '../addresses.ts'
import type { RelayHint } from './relay-book.ts'

export const WELL_KNOWN_PATH = '/.well-known/cryptochat.json'
const MAX_BYTES = 64 * KiB
const MAX_TOLD_RELAYS = 16

/** The relay itself first, then those it tells of. @throws AppError `malformed` */
export const readWellKnown = (said: unknown, source: RelayHint['source']): readonly RelayHint[] => {
  const { peerId, addrs, stun, relays } = asRecord(said)
  if (typeof peerId !== 'string' || !isTextList(addrs)) throw new AppError('malformed', 'no peer id or addresses')
  const own = addrs.flatMap((address) => readRelayAddress(address, peerId)?.address ?? [])
  if (own.length === 0) throw new AppError('malformed', 'no address of the relay can be used here')
  const told = Array.isArray(relays) ? relays.slice(0, MAX_TOLD_RELAYS).flatMap(readTold) : []
  return [hint(own, source, stun), ...told]
}

/** A relay tells of others as an address, a list of addresses, or as it describes itself. */
const readTold = (entry: unknown): readonly RelayHint[] => {
  if (typeof entry === 'string') return [hint([entry], 'learned', undefined)]
  if (isTextList(entry)) return [hint(entry, 'learned', undefined)]
  if (typeof entry !== 'object' || entry === null) return []
  const { peerId, addrs, stun } = entry as Record<string, unknown>
  if (!isTextList(addrs)) return []
  const named = typeof peerId === 'string' ? peerId : undefined
  return [
    hint(
      addrs.flatMap((address) => readRelayAddress(address, named)?.address ?? []),
      'learned',
      stun
    )
  ]
}

/** `stun` may be one URL or several: one is enough. */
const hint = (addresses: readonly string[], source: RelayHint['source'], stun: unknown): RelayHint => {
  const first: unknown = Array.isArray(stun) ? stun[0] : stun
  return { addresses, source, ...(typeof first === 'string' ? { stun: first } : {}) }
}

/** @throws AppError `malformed` or `offline` */
export const fetchWellKnown = async (origin: string, signal: AbortSignal): Promise<unknown> => {
  let url: URL
  try {
    url = new URL(WELL_KNOWN_PATH, origin)
  } catch (cause) {
    throw new AppError('malformed', 'not a URL', { cause })
  }
  let text: string
  try {
    const response = await fetch(url, { signal, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' })
    if (!response.ok) throw new Error(`status ${response.status}`)
    text = await response.text()
  } catch (cause) {
    throw new AppError('offline', 'the relay did not answer', { cause })
  }
  if (text.length > MAX_BYTES) throw new AppError('malformed', 'too long')
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new AppError('malformed', 'not JSON', { cause })
  }
}

const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')

const asRecord = (value: unknown): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) throw new AppError('malformed', 'not an object')
  return value as Record<string, unknown>
}
