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
import { putSession } from '../../store/chats.ts'
import type { TableName } from '../../store/database.ts'
import type { SessionRow } from '../../store/rows.ts'
import type { Context, Own } from '../context.ts'
import { makeState } from './founding.ts'

/** What a write needs that takes a session's change along. */
export const SESSION_TABLES: readonly TableName[] = ['sessions']

/** A session as it is after something was sealed or opened in it. */
export interface SessionChange {
  readonly row: SessionRow
  readonly state: SessionState
}

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
  /** The session had nobody in it but whom `guesses` named: a payload without the device's binding is to be refused. */
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

/** Whether there is anybody to seal to. */
export const canSeal = (own: Own, session: SessionRow): boolean =>
  own.suites.has(session.suite) && session.state !== undefined

/** @throws AppError `not-ready` while `canSeal` is false. */
export const sealIn = async (ctx: Context, own: Own, session: SessionRow, plaintext: Uint8Array): Promise<SealedIn> => {
  const suite = suiteOf(own, session)
  if (session.state === undefined) throw new AppError('not-ready', 'nobody to seal to yet')
  const { state, sealed } = await suite.seal(session.state, plaintext, ctx.clock.now())
  return { sealed, change: state === session.state ? undefined : { row: session, state } }
}

/** @throws AppError as `Suite.open`. `guesses`: who it may be, where nobody is known in the session yet. */
export const openFrom = async (
  _ctx: Context,
  own: Own,
  session: SessionRow,
  sealed: Uint8Array,
  { guesses }: { readonly guesses: readonly Member[] }
): Promise<OpenedIn> => {
  const suite = suiteOf(own, session)
  const isGuessed = session.state === undefined
  if (isGuessed && guesses.length === 0) throw new AppError('untrusted', 'nobody is known in this session')
  const before = session.state ?? (await makeState(own, session, guesses))
  const { state, sender, plaintext, epoch } = await suite.open(before, sealed)
  return {
    sender,
    plaintext,
    isGuessed,
    change: state === session.state || isGuessed ? undefined : { row: session, state },
    ...(epoch && { epoch })
  }
}

/** Devices whose bindings a payload brought, where the suite has no other way to learn of them. */
export const admit = async (
  _ctx: Context,
  own: Own,
  session: SessionRow,
  change: SessionChange | undefined,
  members: readonly Member[]
): Promise<SessionChange | undefined> => {
  const suite = suiteOf(own, session)
  if (members.length === 0 || suite.epochs !== undefined) return change
  const before = change?.state ?? session.state
  const state = before === undefined ? await makeState(own, session, members) : (await suite.add(before, members)).state
  return { row: session, state }
}

/** Inside a write over SESSION_TABLES. */
export const writeSession = async (ctx: Context, change: SessionChange | undefined): Promise<void> => {
  if (change !== undefined) await putSession(ctx.db, { ...change.row, state: change.state })
}

/** Who gets what is sealed now, ourselves included. */
export const devicesIn = (own: Own, session: SessionRow): readonly DeviceId[] =>
  session.state === undefined
    ? []
    : suiteOf(own, session)
        .members(session.state)
        .map(({ device }) => device)

const isSuiteId = (id: string): id is SuiteId => SUITE_IDS.some((one) => one === id)

export const suiteViewOf = (own: Own, session: SessionRow): SuiteView | undefined => {
  const suite = own.suites.get(session.suite)
  if (suite === undefined || !isSuiteId(suite.id)) return undefined
  const properties = session.state === undefined ? suite.properties : suite.propertiesOf(session.state)
  return { suite: suite.id, ...properties, devices: devicesIn(own, session).length }
}
