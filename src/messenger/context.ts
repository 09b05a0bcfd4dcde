/**
 * What every part of the messenger works with: its dependencies, the account once it exists, one queue a chat for each
 * direction, and a way to say "there is something to send". Parts are functions that take it first.
 */
import type { Clock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { createQueues } from '../base/queue.ts'
import type { Random } from '../base/random.ts'
import type { AccountSecrets } from '../crypto/account.ts'
import type { VerifiedDocument } from '../crypto/document.ts'
import type { Argon2Cost, CostBounds } from '../crypto/passphrase.ts'
import type { Suite } from '../crypto/suite.ts'
import type { ChatId, DeviceId, Did } from '../model/ids.ts'
import type { GroupLaw } from '../model/group-law.ts'
import type { Roster } from '../model/roster.ts'
import type { Settings } from '../model/views.ts'
import { DEFAULT_SETTINGS } from '../store/rows.ts'
import type { MessageRow } from '../store/rows.ts'
import type { Db } from '../store/database.ts'
import type { Envelope } from '../wire/envelope.ts'
import { createCredits } from './ask/answerers.ts'
import type { Answerers, Credits } from './ask/answerers.ts'
import { createLines } from './lines.ts'
import type { Lines } from './lines.ts'
import type { Arrived, EnvelopeAnswer, Net } from './net.ts'
import type { GroupDoor } from './sessions/group-door.ts'
import { createWork } from './work.ts'
import type { Work } from './work.ts'

/** ID6: this device. Its key is libp2p's too, so it exists before any account. */
export interface Device {
  readonly seed: Uint8Array
  readonly id: DeviceId
}

export interface MessengerDeps {
  readonly db: Db
  readonly net: Net
  readonly device: Device
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** The page that invite links open, without fragment. */
  readonly linkBase: string
  /** Tests only: what a passphrase of a backup costs. */
  readonly backupCost?: { readonly cost: Argon2Cost; readonly bounds: CostBounds }
}

/** The account in memory, from when it has a name. */
export interface Own {
  readonly did: Did
  /** DV5: only `active` sends and takes. `waiting`: restored, and not published yet. `replaced`: another device took over. */
  readonly standing: 'active' | 'waiting' | 'replaced'
  readonly secrets: AccountSecrets
  readonly suites: ReadonlyMap<string, Suite>
}

/**
 * Takes an envelope whose kind is not one of receive.ts' own: verifies, writes, and only then answers. What it throws is
 * answered like what receive.ts throws (`malformed`, `untrusted`, … are refused; all else is our fault).
 */
export type Handler = (
  own: Own,
  arrived: Arrived,
  envelope: Pick<Envelope, 'route' | 'sealed'>
) => Promise<EnvelopeAnswer>
export type Handlers = { [K in 'commit' | 'opening' | 'piece']?: Handler }

export interface Context extends MessengerDeps {
  own: Own | undefined
  /** As stored; loaded at the start and kept in step by `setSettings`. */
  settings: Settings
  /** One at a time and chat: taking what arrives. */
  readonly receiving: ReturnType<typeof createQueues>
  /** One at a time and chat: whatever moves a session's state (sessions/carrier.ts). */
  readonly sessions: ReturnType<typeof createQueues>
  /** Set by the outbox: there is something to send in this chat. */
  wake: (chat: ChatId) => void
  /** The same, and whoever was away is tried again at once. */
  hurry: (chat: ChatId) => void
  readonly lines: Lines
  /** Set by directory sync: this contact's head should be read again. */
  refresh: (did: Did) => void
  /** Set by directory sync: another device may have taken our account over (DV5). Asks no more often than is bearable. */
  lookAtOwn: () => void
  /** RO1: of every group, folded from its `member` events; loaded at the start and kept in step by whoever writes them. */
  readonly rosters: Map<ChatId, Roster>
  /** The same, with what it means for other events (groups/law.ts). */
  readonly laws: Map<ChatId, GroupLaw>
  /** Who takes which kind of envelope; each part enters itself. */
  readonly handlers: Handlers
  /** Set by sessions/reconcile.ts: membership or devices of this chat changed, so its session may have to follow. */
  reconcile: (chat: ChatId) => void
  /** Set by sessions/reconcile.ts: a session of this chat moved, so what waited for that may be read now. */
  moved: (chat: ChatId) => void
  /** Set by sessions/reconcile.ts: this device sent what stands on commits that we do not have. */
  missing: (chat: ChatId, device: DeviceId) => void
  /** Set by sessions/sessions.ts: we accepted them, or they showed a new device, so the next session is ours to found. */
  foundSoon: (chat: ChatId) => void
  /** How groups describe themselves to newcomers; set by groups/. */
  groupDoor: GroupDoor | undefined
  /** Set by sync/syncing.ts (LG7): something of this chat is missing here: kept aside, joined, restored. */
  noticeGap: (chat: ChatId) => void
  /** Set by timers.ts: when a message disappears. */
  endsAt: (row: MessageRow) => number | undefined
  /** Who answers what another device asks; each part enters itself. */
  readonly answerers: Answerers
  readonly credits: Credits
  /** Verified documents by hash: checking one costs milliseconds. */
  readonly documents: Map<string, VerifiedDocument>
  /** What `idle` waits for. */
  readonly work: Work
  readonly stopping: AbortController
}

export const createContext = (deps: MessengerDeps): Context => ({
  ...deps,
  own: undefined,
  settings: DEFAULT_SETTINGS,
  receiving: createQueues(),
  sessions: createQueues(),
  wake: () => {},
  hurry: () => {},
  lines: createLines(),
  refresh: () => {},
  lookAtOwn: () => {},
  rosters: new Map(),
  laws: new Map(),
  handlers: {},
  reconcile: () => {},
  moved: () => {},
  missing: () => {},
  foundSoon: () => {},
  groupDoor: undefined,
  noticeGap: () => {},
  endsAt: () => undefined,
  answerers: {},
  credits: createCredits(),
  documents: new Map(),
  work: createWork(),
  stopping: new AbortController()
})

/** @throws AppError `not-ready` before the account was made. */
export const needOwn = (ctx: Context): Own => {
  if (ctx.own === undefined) throw new AppError('not-ready', 'there is no account yet')
  return ctx.own
}

/** For what speaks to others, now or later. @throws AppError `conflict` where another device acts for the account (DV5). */
export const needSpeaking = (ctx: Context): Own => {
  const own = needOwn(ctx)
  if (own.standing === 'replaced') throw new AppError('conflict', 'another device has taken the account over')
  return own
}

/** Lets `job` go on by itself; `idle` waits for it, and a failure is a line in the log. */
export const inBackground = (ctx: Context, event: string, job: () => Promise<unknown>): void => {
  void ctx.work.run(async () => {
    try {
      await job()
    } catch (error) {
      if (ctx.stopping.signal.aborted) return
      ctx.log.warn(event, { code: error instanceof AppError ? error.code : 'internal' })
    }
  })
}

/** One for all: most deadlines end so, and nobody asks where. */
const STOPPED = new AppError('aborted', 'stopped')

/** A signal that ends after `ms`, or when the messenger stops. Call `done` when it is not needed any more. */
export const deadline = (ctx: Context, ms: number): { readonly signal: AbortSignal; done(): void } => {
  const over = new AbortController()
  const stop = (): void => over.abort(STOPPED)
  ctx.stopping.signal.addEventListener('abort', stop, { once: true })
  ctx.clock.sleep(ms, over.signal).then(
    () => over.abort(new AppError('timeout', 'took too long')),
    () => {}
  )
  return {
    signal: over.signal,
    done: () => {
      ctx.stopping.signal.removeEventListener('abort', stop)
      stop()
    }
  }
}
