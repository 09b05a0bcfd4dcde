/**
 * Commits of ours, and commits that came. ML2: state, commit and what leaves lie on the disk before anything leaves. Every commit
 * is kept for 30 days and handed on to whoever missed it.
 */
import { AppError } from '../../base/errors.ts'
import type { EpochInfo, SessionState, Suite } from '../../crypto/suite.ts'
import type { DeviceId } from '../../model/ids.ts'
import { knownChat, knownSessions } from '../../store/chats.ts'
import { nextMailId } from '../../store/mail.ts'
import type { MailRow } from '../../store/carried-rows.ts'
import type { MlsNotes, SessionRow } from '../../store/rows.ts'
import { readGiven } from '../../store/sessions.ts'
import type { Given } from '../../store/sessions.ts'
import type { ChatId } from '../../model/ids.ts'
import type { Context, Own } from '../context.ts'
import { epochsOf, settle } from './branch.ts'
import type { Settled } from './branch.ts'
import { firstNotes } from './founding.ts'
import { lawOf } from './law.ts'
import { lostMailOf } from './lost.ts'
import type { SessionChange } from './state.ts'

const DAY_MS = 24 * 3600 * 1000
/** MB4. */
const KEEP_MS = 30 * DAY_MS
const MAX_KEPT = 512
/** ML3: by then a rival of a better rank has mostly been heard of. */
const WELCOME_WAIT_MS = 10_000
/** ML6. */
const RENEW_DAYS = 7
const MEMBERS_A_DAY = 4

/** ML6: at a tenth to either side, so that members do not fall into step. */
export const nextRenewal = (ctx: Context, members: number): number => {
  const days = Math.max(RENEW_DAYS, members / MEMBERS_A_DAY)
  return ctx.clock.now() + Math.round(days * DAY_MS * (0.9 + ctx.random.fraction() / 5))
}

/** With one more commit to hand on, without those that are too old. */
const withCommit = (notes: MlsNotes, { id, number }: EpochInfo, now: number) => {
  const known = notes.commits.filter((one) => one.id !== id)
  const kept = known.filter(({ at }) => now - at < KEEP_MS).slice(-MAX_KEPT)
  const gone = known.filter((one) => !kept.includes(one)).map(({ id: old }) => ({ kind: 'commit' as const, id: old }))
  return { notes: { ...notes, commits: [...kept, { id, number, at: now }] }, gone }
}

const inParts = (state: SessionState): ReadonlyMap<string, Uint8Array> => {
  if (state instanceof Uint8Array) throw new AppError('internal', 'a state in one piece')
  return state
}

export const emptyMail = (ctx: Context, { chat, group }: SessionRow): Omit<MailRow, 'kind' | 'sealed' | 'devices'> => ({
  id: nextMailId(ctx.db, ctx.clock.now()),
  chat,
  group,
  upTo: 0,
  eventIds: [],
  debts: {},
  sealedAt: ctx.clock.now()
})

export interface ToCommit {
  readonly add: readonly { readonly device: DeviceId; readonly keyPackage: Uint8Array }[]
  readonly remove: readonly DeviceId[]
  readonly binding?: Uint8Array
}

/** A commit of ours on the current epoch, with all that must leave because of it. To be written by `writeSession`. */
export const commitIn = async (
  ctx: Context,
  own: Own,
  given: { readonly session: SessionRow; readonly before: SessionRow | undefined; readonly state: SessionState },
  { add, remove, binding }: ToCommit
): Promise<SessionChange> => {
  const { session, before, state } = given
  const suite = own.suites.get(session.suite)
  if (suite === undefined) throw new AppError('needs-newer', session.suite)
  const epochs = epochsOf(suite)
  const others = suite.members(state).filter(({ device }) => device !== ctx.device.id)
  const made = await epochs.commit(state, {
    add: add.map(({ keyPackage }) => keyPackage),
    remove,
    ...(binding !== undefined && { binding })
  })
  const now = ctx.clock.now()
  const { id } = made.epoch
  const { notes: kept, gone } = withCommit(session.mls ?? firstNotes(ctx), made.epoch, now)
  const newcomers = add.map(({ device }) => device)
  const isPath = add.length === 0 || remove.length > 0
  const notes: MlsNotes = {
    ...kept,
    ...(isPath && { renewAt: nextRenewal(ctx, others.length + 1), sent: 0 }),
    ...(newcomers.length > 0 && { welcomes: [...kept.welcomes, { epoch: id, at: now, devices: newcomers }] }),
    pleas: (kept.pleas ?? []).filter(({ device }) => !newcomers.includes(device))
  }
  const settled = settle(suite, lawOf(ctx, own, knownChat(ctx.db, session.chat)), made.state, notes, now)
  const stay = others.filter(({ device }) => !remove.includes(device))
  const mail: MailRow[] = []
  if (others.length > 0) {
    const devices = others.map(({ device }) => device)
    mail.push({ ...emptyMail(ctx, session), kind: 'commit', epoch: id, sealed: made.commit, devices })
  }
  if (newcomers.length > 0) {
    mail.push({
      ...emptyMail(ctx, session),
      kind: 'opening',
      epoch: id,
      sealed: new Uint8Array(),
      devices: newcomers,
      ...(stay.length > 0 && { notBefore: now + WELCOME_WAIT_MS })
    })
  }
  const give: { kind: Given; id: string; value: Uint8Array }[] = [{ kind: 'commit', id, value: made.commit }]
  if (made.welcome !== undefined) give.push({ kind: 'welcome', id, value: made.welcome })
  if (made.tree !== undefined) give.push({ kind: 'opening-tree', id, value: made.tree })
  return { ...toChange(ctx, { session, before, from: state }, settled), give, take: gone, mail }
}

const toChange = (
  ctx: Context,
  { session, before, from }: { session: SessionRow; before: SessionRow | undefined; from: SessionState },
  settled: Settled
): SessionChange => ({
  before,
  row: { ...session, mls: settled.notes },
  from: before === undefined ? undefined : from,
  state: inParts(settled.state),
  lostMail: settled.hasSwitched ? lostMailOf(ctx, session, settled.lineage) : []
})

/** Somebody's commit, and what follows from it. @throws AppError as `Epochs.receive`. */
export const takeCommit = async (
  ctx: Context,
  own: Own,
  { session, suite, state }: { readonly session: SessionRow; readonly suite: Suite; readonly state: SessionState },
  commit: Uint8Array
): Promise<{ readonly change: SessionChange | undefined; readonly epoch: EpochInfo; readonly isOut: boolean }> => {
  // RO2 is asked when it is followed: the event that justifies it may be sealed in the epoch that it begins
  const { state: next, epoch } = await epochsOf(suite).receive(state, commit, () => true)
  if (next === state) return { change: undefined, epoch, isOut: false }
  const now = ctx.clock.now()
  const { notes: kept, gone } = withCommit(session.mls ?? firstNotes(ctx), epoch, now)
  const isAdded = (device: string): boolean => epoch.added.some((one) => one.device === device)
  const notes = { ...kept, pleas: (kept.pleas ?? []).filter(({ device }) => !isAdded(device)) }
  const settled = settle(suite, lawOf(ctx, own, knownChat(ctx.db, session.chat)), next, notes, now)
  const change = toChange(ctx, { session, before: session, from: state }, settled)
  return {
    change: { ...change, give: [{ kind: 'commit', id: epoch.id, value: commit }], take: gone },
    epoch,
    isOut: settled.isOut
  }
}

/** What ended this epoch of a chat's session and all that came after it, oldest first. */
export const commitsSince = async (
  ctx: Context,
  chat: ChatId,
  { group, epoch }: { readonly group: string; readonly epoch: number }
): Promise<readonly Uint8Array[]> => {
  const session = knownSessions(ctx.db, chat).find((one) => one.group === group)
  const wanted = (session?.mls?.commits ?? [])
    .filter(({ number }) => number > epoch)
    .toSorted((a, b) => a.number - b.number)
  const found = await Promise.all(wanted.map(({ id }) => readGiven(ctx.db, group, 'commit', id)))
  return found.filter((commit) => commit !== undefined)
}

/** Inside a write over mail, as long as it has not written there: somebody has our commit, so its Welcome may leave. */
export const commitTaken = async (ctx: Context, row: Pick<MailRow, 'chat' | 'kind' | 'epoch'>): Promise<void> => {
  if (row.kind !== 'commit') return
  for (const one of ctx.db.memory.mail.values()) {
    if (one.chat !== row.chat || one.kind !== 'opening' || one.epoch !== row.epoch || one.notBefore === undefined)
      continue
    const { notBefore: _, ...free } = one
    await ctx.db.tables.mail.put(free)
  }
}
