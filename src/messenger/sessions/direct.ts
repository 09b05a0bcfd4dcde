/** Two people: one MLS session that both devices are in, a new one whenever that is no longer so (LG0, ML5). */
import { AppError } from '../../base/errors.ts'
import type { SessionMember, Suite } from '../../crypto/suite.ts'
import { knownSessions, sessionToWrite } from '../../store/chats.ts'
import { mailOf } from '../../store/mail.ts'
import type { ChatRecord, ContactRow, SessionRow } from '../../store/rows.ts'
import type { Context, Own } from '../context.ts'
import { loadDocument } from '../trust.ts'
import { inSession } from './carrier.ts'
import { commitIn } from './commits.ts'
import type { ToCommit } from './commits.ts'
import { foundAlone } from './founding.ts'
import { keyPackagesOf, renew } from './leaves.ts'
import { membersOfContact } from './recipients.ts'
import { loadState, SESSION_TABLES, writeSession } from './state.ts'
import { wantedFor } from './upkeep-notes.ts'
import type { Upkeep } from './upkeep-notes.ts'

const MINUTE_MS = 60_000
/** Whoever accepted founds at once; when nothing comes of it, the one with the lower did, then the other. */
const FOUND_MS = 15_000
const OTHERS_FOUND_MS = MINUTE_MS

/** SU2, best first. */
const MLS = ['mls-xwing', 'mls-x25519']

const commonSuite = async (ctx: Context, own: Own, contact: ContactRow): Promise<Suite | undefined> => {
  const document = await loadDocument(ctx, contact.documentHash)
  const id = MLS.find((one) => own.suites.has(one) && document?.suites.includes(one))
  return id === undefined ? undefined : own.suites.get(id)
}

export const keepDirect = async (
  ctx: Context,
  own: Own,
  keep: Upkeep,
  chat: ChatRecord
): Promise<number | undefined> => {
  const contact = ctx.db.memory.contacts.get(chat.did)
  if (contact === undefined || contact.standing !== 'open' || contact.blocked) return undefined
  const suite = await commonSuite(ctx, own, contact)
  const others = await membersOfContact(ctx, contact)
  if (suite === undefined || others.length === 0) return undefined
  const session = sessionToWrite(knownSessions(ctx.db, chat.id).filter((one) => MLS.includes(one.suite)))
  const isBroken = keep.broken.has(chat.id)
  if (session !== undefined && !isBroken && (await isWhole(ctx, own, session, others))) {
    keep.since.delete(chat.id)
    keep.eager.delete(chat.id)
    return await renew(ctx, own, session)
  }
  const waited = wantedFor(ctx, keep, chat.id, 'session')
  // whoever has lost it knows best
  const isLost = session !== undefined && (await loadState(ctx, session)) === undefined
  const waitMs = isLost || keep.eager.has(chat.id) ? 0 : own.did < contact.did ? FOUND_MS : OTHERS_FOUND_MS
  if (waited < waitMs) return waitMs - waited

  const add = await keyPackagesOf(ctx, keep, suite, others)
  if (add.length < others.length) return MINUTE_MS
  await inSession(ctx, chat.id, () => foundFor(ctx, own, chat, suite, add))
  keep.eager.delete(chat.id)
  keep.broken.delete(chat.id)
  ctx.log.info('sessions.founded', { suite: suite.id })
  ctx.moved(chat.id)
  return undefined
}

/** It is here, and exactly our devices are in it, and none of them asks to be taken in again. */
const isWhole = async (
  ctx: Context,
  own: Own,
  session: SessionRow,
  others: readonly SessionMember[]
): Promise<boolean> => {
  const state = await loadState(ctx, session)
  const suite = own.suites.get(session.suite)
  if (state === undefined || suite === undefined || (session.mls?.pleas ?? []).length > 0) return false
  const wanted = new Set<string>([ctx.device.id, ...others.map(({ device }) => device)])
  const members = suite.members(state)
  return members.length === wanted.size && members.every(({ device }) => wanted.has(device))
}

export const foundFor = async (
  ctx: Context,
  own: Own,
  { id: chat }: ChatRecord,
  suite: Suite,
  add: ToCommit['add']
): Promise<void> => {
  const known = knownSessions(ctx.db, chat)
  const generation = Math.max(0, ...known.map((one) => one.generation)) + 1
  const { row, state } = await foundAlone(ctx, own, { chat, suite: suite.id, generation })
  if (state === undefined) throw new AppError('internal', 'an MLS session without state')
  const change = await commitIn(ctx, own, { session: row, before: undefined, state }, { add, remove: [] })
  // what was sealed before, but nobody took, is sealed again in the new one
  const older = new Set(known.filter((one) => MLS.includes(one.suite)).map(({ group }) => group))
  const lostMail = mailOf(ctx.db, chat)
    .filter(({ group, kind }) => group !== undefined && older.has(group) && kind !== 'request')
    .map((one) => one.id)
  await ctx.db.write(SESSION_TABLES, () => writeSession(ctx, { ...change, lostMail }))
}
