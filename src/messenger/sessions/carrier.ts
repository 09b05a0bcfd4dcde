/**
 * What carries a conversation's payloads, whichever suite it is (SU1). Sealing and opening answer what is then to be written:
 * `writeSession` goes into the same write as what was made of the result (ML2). From reading a session's state to that
 * write nothing else may move it, so all of it happens inside `inSession`.
 */
import { AppError } from '../../base/errors.ts'
import type { EpochId, Member, SessionMember, SessionState, Suite } from '../../crypto/suite.ts'
import { SUITE_IDS } from '../../model/group-views.ts'
import type { SuiteId, SuiteView } from '../../model/group-views.ts'
import type { ChatId, DeviceId } from '../../model/ids.ts'
import { knownChat, knownSessions, sessionToWrite } from '../../store/chats.ts'
import { outboxOf } from '../../store/outbox.ts'
import type { ChatRecord, SessionRow } from '../../store/rows.ts'
import { getEvents } from '../../store/timeline.ts'
import type { Context, Own } from '../context.ts'
import { peersOf } from '../peers.ts'
import { hear, settle } from './branch.ts'
import { makeState } from './founding.ts'
import { lawOf } from './law.ts'
import { lostMailOf } from './lost.ts'
import { othersIn } from './recipients.ts'
import { currentRow, loadState, warmState } from './state.ts'
import type { SessionChange } from './state.ts'

export { SESSION_TABLES, writeSession } from './state.ts'
export type { SessionChange } from './state.ts'

export interface SealedIn {
  readonly sealed: Uint8Array
  /** Absent where the suite has no ratchet: the same bytes may be made again, so nothing must be written first. */
  readonly change: SessionChange | undefined
  readonly epoch?: EpochId
}

export interface OpenedIn {
  readonly sender: SessionMember
  readonly plaintext: Uint8Array
  readonly change: SessionChange | undefined
  readonly epoch?: EpochId
  /** Another epoch is followed because of it: once written, `ctx.moved`. */
  readonly hasMoved: boolean
  /** Only `guesses` named its device: a payload without that device's binding is to be refused. */
  readonly isGuessed: boolean
}

/** One at a time in a chat: whatever reads a session, works, and writes it. Not from within itself. */
export const inSession = <T>(ctx: Context, chat: ChatId, job: () => Promise<T>): Promise<T> =>
  ctx.sessions.run(chat, job)

const suiteOf = (own: Own, { suite }: SessionRow): Suite => {
  const found = own.suites.get(suite)
  if (found === undefined) throw new AppError('needs-newer', `suite ${suite}`)
  return found
}

/** LG0: which session is written. What accepts somebody goes where they can read it for certain. */
export const sessionFor = (ctx: Context, own: Own, chat: ChatRecord): SessionRow | undefined => {
  const sessions = knownSessions(ctx.db, chat.id).filter(({ suite }) => own.suites.has(suite))
  if (chat.kind === 'direct' && (chat.debts.accept !== undefined || chat.debts.request !== undefined)) {
    const [first] = sessions.filter(({ suite }) => suite === 'pgp-v6').toSorted((a, b) => b.openedAt - a.openedAt)
    if (first !== undefined) return first
  }
  return sessionToWrite(sessions)
}

/** Whether there is anybody to seal to. */
export const canSeal = (ctx: Context, own: Own, session: SessionRow): boolean => {
  const suite = own.suites.get(session.suite)
  if (suite === undefined) return false
  const chat = ctx.db.memory.chats.get(session.chat)
  return suite.epochs === undefined ? chat !== undefined && peersOf(ctx, chat).length > 0 : session.rev !== undefined
}

/** A suite without epochs names its members anew each time: who is in the chat now. */
const stateOf = async (
  ctx: Context,
  own: Own,
  session: SessionRow,
  guesses: readonly Member[] = []
): Promise<{ readonly state: SessionState; readonly guessed: ReadonlySet<string> }> => {
  const suite = suiteOf(own, session)
  if (suite.epochs !== undefined) {
    const state = await loadState(ctx, session)
    if (state === undefined) throw new AppError('not-ready', 'the state of this session is gone')
    return { state, guessed: new Set() }
  }
  const known = await othersIn(ctx, knownChat(ctx.db, session.chat))
  const fresh = guesses.filter(({ device }) => known.every((one) => one.device !== device))
  const members = [...known, ...fresh]
  if (members.length === 0) throw new AppError('not-ready', 'nobody is known in this session')
  return { state: await stateless(own, session, members), guessed: new Set(fresh.map(({ device }) => device)) }
}

/** By group; a state names everybody's certificates. */
type Stateless = Map<string, { readonly members: readonly Member[]; readonly state: SessionState }>
const statelessOf = new WeakMap<Own, Stateless>()

const stateless = async (own: Own, session: SessionRow, members: readonly Member[]): Promise<SessionState> => {
  const byGroup: Stateless = statelessOf.get(own) ?? new Map()
  statelessOf.set(own, byGroup)
  const before = byGroup.get(session.group)
  const isSame = before?.members.length === members.length && before.members.every((one, at) => one === members[at])
  if (before !== undefined && isSame) return before.state
  const state = await makeState(own, session, members)
  if (byGroup.size > 64) byGroup.clear()
  byGroup.set(session.group, { members, state })
  return state
}

/**
 * RO2: nobody seals to a tree with a dropped leaf. `members`: only what tells of it may go out, up to the last `member`
 * event that waits; whoever is removed may know. `none`: the chat is woken when the session has followed the roster.
 */
export const sealable = async (ctx: Context, own: Own, chat: ChatRecord): Promise<'all' | 'members' | 'none'> => {
  const session = sessionFor(ctx, own, chat)
  if (session === undefined || !canSeal(ctx, own, session)) return 'none'
  const suite = suiteOf(own, session)
  if (suite.epochs === undefined) return 'all'
  const state = await loadState(ctx, session)
  if (state === undefined) return 'none'
  const { isDropped } = lawOf(ctx, own, chat)
  if (!suite.members(state).some(isDropped)) return 'all'
  return (await hasMemberEvent(ctx, chat.id)) ? 'members' : 'none'
}

export const hasMemberEvent = async (ctx: Context, chat: ChatId): Promise<boolean> => {
  const queued = outboxOf(ctx.db, chat).filter(({ state }) => state === 'queued')
  const events = await getEvents(
    ctx.db,
    queued.map(({ id }) => id)
  )
  return events.some(({ kind }) => kind === 'member')
}

/**
 * `onlyMembers`: what `sealable` said. @throws AppError `not-ready` while nobody, or somebody who was dropped, would read it.
 */
export const sealIn = async (
  ctx: Context,
  own: Own,
  given: SessionRow,
  plaintext: Uint8Array,
  { onlyMembers = false }: { readonly onlyMembers?: boolean } = {}
): Promise<SealedIn> => {
  const session = currentRow(ctx, given) ?? given
  const suite = suiteOf(own, session)
  const { state: before } = await stateOf(ctx, own, session)
  const now = ctx.clock.now()
  if (suite.epochs === undefined)
    return { sealed: (await suite.seal(before, plaintext, now)).sealed, change: undefined }

  const chat = knownChat(ctx.db, session.chat)
  if (!onlyMembers && suite.members(before).some(lawOf(ctx, own, chat).isDropped)) {
    throw new AppError('not-ready', 'a device that was dropped is still in the session')
  }
  const { state, sealed } = await suite.seal(before, plaintext, now)
  const { id: epoch } = suite.epochs.current(state)
  const notes = session.mls && {
    ...hear(session.mls, epoch, { did: own.did, device: ctx.device.id }),
    sent: session.mls.sent + 1
  }
  const row = notes === undefined ? session : { ...session, mls: notes }
  return { sealed, change: toChange(session, row, before, state), epoch }
}

const toChange = (before: SessionRow, row: SessionRow, from: SessionState, state: SessionState): SessionChange => {
  if (state instanceof Uint8Array) throw new AppError('internal', 'a state in one piece')
  return { before, row, from, state: state === from ? undefined : state }
}

/** @throws AppError as `Suite.open`. `guesses`: who else it may be, whose binding may come inside. */
export const openFrom = async (
  ctx: Context,
  own: Own,
  given: SessionRow,
  sealed: Uint8Array,
  { guesses }: { readonly guesses: readonly Member[] }
): Promise<OpenedIn> => {
  const session = currentRow(ctx, given) ?? given
  const suite = suiteOf(own, session)
  const { state: before, guessed } = await stateOf(ctx, own, session, guesses)
  const { state: opened, sender, plaintext, epoch } = await suite.open(before, sealed)
  const isGuessed = guessed.has(sender.device)
  if (suite.epochs === undefined) return { sender, plaintext, isGuessed, hasMoved: false, change: undefined }

  const chat = knownChat(ctx.db, session.chat)
  const notes = session.mls && hear(session.mls, epoch, sender)
  if (notes === undefined || notes === session.mls) {
    const change = toChange(session, session, before, opened)
    return { sender, plaintext, isGuessed, hasMoved: false, change, ...(epoch && { epoch }) }
  }
  const settled = settle(suite, lawOf(ctx, own, chat), opened, notes, ctx.clock.now())
  const change = toChange(session, { ...session, mls: settled.notes }, before, settled.state)
  const lostMail = settled.hasSwitched ? lostMailOf(ctx, session, settled.lineage) : []
  const { hasMoved } = settled
  return { sender, plaintext, isGuessed, hasMoved, change: { ...change, lostMail }, ...(epoch && { epoch }) }
}

/** Has what `devicesIn` needs in memory; to be awaited before a round of work in a chat. */
export const warmSession = async (ctx: Context, own: Own, chat: ChatRecord): Promise<void> => {
  const session = sessionFor(ctx, own, chat)
  if (session !== undefined) await loadState(ctx, session)
}

/** Who gets what is sealed now, ourselves included. Of MLS: after `warmSession`. */
export const devicesIn = (ctx: Context, own: Own, session: SessionRow): readonly DeviceId[] => {
  const suite = own.suites.get(session.suite)
  const chat = ctx.db.memory.chats.get(session.chat)
  if (suite === undefined || chat === undefined || !canSeal(ctx, own, session)) return []
  if (suite.epochs === undefined) return [ctx.device.id, ...peersOf(ctx, chat).map(({ device }) => device)]
  const state = warmState(ctx, session)
  return state === undefined ? [] : suite.members(state).map(({ device }) => device)
}

const isSuiteId = (id: string): id is SuiteId => SUITE_IDS.some((one) => one === id)

export const suiteViewOf = async (ctx: Context, own: Own, session: SessionRow): Promise<SuiteView | undefined> => {
  const suite = own.suites.get(session.suite)
  if (suite === undefined || !isSuiteId(suite.id)) return undefined
  await loadState(ctx, session)
  const devices = devicesIn(ctx, own, session).length
  const isKnown = suite.epochs === undefined && canSeal(ctx, own, session)
  const properties = isKnown ? suite.propertiesOf((await stateOf(ctx, own, session)).state) : suite.properties
  return { suite: suite.id, ...properties, devices }
}
