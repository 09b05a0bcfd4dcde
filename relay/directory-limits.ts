/**
 * What one address, and everybody together, may ask of the directory, and how much one address may leave in it: an address
 * is a household or a phone company, never somebody who fills the disk in a day.
 */
import type { Connection } from '@libp2p/interface'
import { KiB } from '../src/base/bytes.ts'
import type { Clock } from '../src/base/clock.ts'
import type { DirectoryServerDeps } from '../src/p2p/protocols/directory/server.ts'
import type { DirectoryAsk } from '../src/wire/directory.ts'
import { addressGroup, createRateLimit } from './limits.ts'

/** What a question costs us, in reads: writes wait for the disk, signatures for the processor. */
const COST: Readonly<Record<DirectoryAsk, number>> = {
  heads: 1,
  document: 2,
  dids: 1,
  card: 1,
  attend: 5,
  putCard: 10,
  publish: 10,
  knock: 5
}
/** One address may be a household or a phone company: a hundred first starts at once, then three a second. */
const ADDRESS_RATE = { burst: 3_000, perSecond: 60 }
/** Everybody together: about a third of one processor. */
const TOTAL_RATE = { burst: 10_000, perSecond: 600 }
/** IN3: a stranger rings a few times; who knows many inboxes does not ring them all. */
const KNOCK_RATE = { burst: 120, perSecond: 1 }
/** KiB that one address may put: a thousand new accounts at once, then about as many a day (64 MiB). */
const PUT_RATE = { burst: 16 * KiB, perSecond: (64 * KiB) / (24 * 3600) }

export const createDirectoryLimits = (clock: Clock): DirectoryServerDeps['allow'] => {
  const total = createRateLimit({ clock, ...TOTAL_RATE })
  const perAddress = createRateLimit({ clock, ...ADDRESS_RATE })
  const knocks = createRateLimit({ clock, ...KNOCK_RATE })
  const puts = createRateLimit({ clock, ...PUT_RATE })
  return (ask, connection, bytes) => {
    const from = addressOf(connection)
    if (ask === 'knock' && !knocks.take(from)) return false
    if ((ask === 'publish' || ask === 'putCard') && !puts.take(from, Math.ceil(bytes / KiB))) return false
    return perAddress.take(from, COST[ask]) && total.take('all', COST[ask])
  }
}

/** `/ip4/1.2.3.4/tcp/…` → the group that shares its limits. */
const addressOf = ({ remoteAddr }: Pick<Connection, 'remoteAddr'>): string =>
  addressGroup(remoteAddr.toString().split('/')[2] ?? '')
