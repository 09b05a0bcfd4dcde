/**
 * What the app's own origin says of itself, asked once at each start: the relays to begin with, and the address that
 * invite links should name. The address is remembered, so that an offline start makes the same links.
 */
import { AppError } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { fetchWellKnown } from '../p2p/discovery/well-known.ts'
import { getRecord, setRecord } from '../store/records.ts'
import type { Db } from '../store/database.ts'

const KEY = 'public-url'
/** A start without network must not wait for it; the relay itself answers in milliseconds. */
const PATIENCE_MS = 1_500

/** The file as it came, or undefined when the origin did not answer in time. It is decoded by whoever uses it. */
export const askOrigin = async (
  origin: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log }
): Promise<unknown> => {
  const settled = new AbortController()
  const patience = clock.sleep(PATIENCE_MS, settled.signal).then(
    () => settled.abort(),
    () => undefined // answered
  )
  try {
    return await fetchWellKnown(origin, settled.signal)
  } catch (error) {
    log.info('node.origin-silent', { code: error instanceof AppError ? error.code : 'internal' })
    return undefined
  } finally {
    settled.abort()
    await patience
  }
}

/** A loopback name means nothing to anybody else, and in development the app is not where its relay is. */
const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]'

const publicUrlOf = (said: unknown): string | undefined => {
  if (typeof said !== 'object' || said === null) return undefined
  const { publicUrl } = said as { readonly publicUrl?: unknown }
  if (typeof publicUrl !== 'string' || !URL.canParse(publicUrl)) return undefined
  const url = new URL(publicUrl)
  return ['https:', 'http:'].includes(url.protocol) && !isLoopback(url) ? url.origin : undefined
}

/** What invite links began with when the origin last answered. */
export const rememberedLinkBase = (db: Db): Promise<string | undefined> => getRecord<string>(db, KEY)

/** What invite links begin with, after the origin said this (undefined: it was silent, ask again another time). */
export const learnLinkBase = async (db: Db, said: unknown, origin: string): Promise<string> => {
  const known = await rememberedLinkBase(db)
  if (said === undefined) return known ?? origin
  const base = publicUrlOf(said) ?? origin
  if (base !== known) await setRecord(db, KEY, base)
  return base
}
