/** The debug page and the report that a person may copy into a bug ticket. The report names nobody and no place. */
import type { Clock } from '../base/clock.ts'
import type { LogBook, LogFields } from '../base/log.ts'
import type { Feed } from '../bridge/contract.ts'
import type { DebugView } from '../model/views.ts'
import type { P2p } from '../p2p/host.ts'
import type { Db, TableName } from '../store/database.ts'
import { combine } from './combine.ts'

export interface DebugDeps {
  readonly db: Db
  readonly p2p: P2p
  readonly clock: Clock
  readonly log: LogBook
  readonly build: string
  readonly worker: 'shared' | 'dedicated'
  readonly startedAt: number
  readonly pages: () => number
}

const EVERY_MS = 1_000
const COUNTED: readonly TableName[] = ['contacts', 'chats', 'events', 'messages', 'outbox', 'mail', 'invites', 'aside']

const readDebug = async ({ db, p2p, log, build, worker, startedAt, pages }: DebugDeps): Promise<DebugView> => {
  const network = p2p.network()
  const rows = await Promise.all(COUNTED.map(async (name) => [name, await db.tables[name].count()] as const))
  const refused = Object.entries(network.refused).map(([why, count]) => [`refused ${why}`, count] as const)
  return {
    build,
    worker,
    startedAt,
    schemaVersion: db.schemaVersion,
    pages: pages(),
    addresses: network.addresses,
    counts: Object.fromEntries([...rows, ...refused]),
    lines: log.lines()
  }
}

/** Looked at by one person for a few minutes: a second hand is simpler than following every table. */
export const watchDebugView = (deps: DebugDeps): Feed<DebugView> =>
  combine(
    {
      nudges: [
        (moved) => {
          const stopping = new AbortController()
          const beat = async (): Promise<void> => {
            for (;;) {
              await deps.clock.sleep(EVERY_MS, stopping.signal)
              moved()
            }
          }
          beat().catch(() => undefined) // stopped
          return () => stopping.abort()
        }
      ]
    },
    () => readDebug(deps)
  )

/** Fields whose words come from our own closed lists. Everything else that is text could name somebody. */
const SAFE_WORDS = new Set(['code', 'reason', 'kind', 'state', 'path', 'outcome'])
const IS_WORD = /^[a-z-]{1,32}$/

const redact = (fields: LogFields): LogFields =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => typeof value !== 'string' || (SAFE_WORDS.has(name) && IS_WORD.test(value))
    )
  )

export const makeReport = async (deps: DebugDeps): Promise<string> => {
  const { build, worker, startedAt, schemaVersion, pages, counts, lines } = await readDebug(deps)
  const { state, online, relays, peers, canBeDirect } = deps.p2p.network()
  const report = {
    build,
    worker,
    schemaVersion,
    pages,
    upForS: Math.round((deps.clock.now() - startedAt) / 1000),
    counts,
    network: {
      state,
      online,
      canBeDirect,
      relays: relays.map((relay) => `${relay.state}${relay.reserved ? ', reserved' : ''}`),
      direct: peers.filter(({ path }) => path === 'direct').length,
      relayed: peers.filter(({ path }) => path === 'relayed').length
    },
    lines: lines.map(({ at, level, event, fields }) => ({
      agoMs: deps.clock.now() - at,
      level,
      event,
      ...redact(fields)
    }))
  }
  return JSON.stringify(report, null, 1)
}
