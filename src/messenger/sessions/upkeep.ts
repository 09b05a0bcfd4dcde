/** What one chat's sessions need now: a new session of two people, a commit in a group, a plea, a fresh leaf (ML6). */
import { AppError } from '../../base/errors.ts'
import type { SessionMember, SessionState, Suite } from '../../crypto/suite.ts'
import type { ChatId, DeviceId } from '../../model/ids.ts'
import { knownSessions, sessionToWrite } from '../../store/chats.ts'
import { mailOf, putMail } from '../../store/mail.ts'
import type { ChatRecord, ContactRow, SessionRow } from '../../store/rows.ts'
import { ask } from '../ask/ask.ts'
import { inBackground } from '../context.ts'
import type { Context, Own } from '../context.ts'
import { ownerOf, peersOf } from '../peers.ts'
import { loadDocument } from '../trust.ts'
import { hasMemberEvent, inSession, sessionFor } from './carrier.ts'
import { commitIn } from './commits.ts'
import type { ToCommit } from './commits.ts'
import { foundAlone } from './founding.ts'
import { isGood, keyPackageOf, KEY_TABLES, takeKeys } from './keys.ts'
import { lineageOf } from './branch.ts'
import { lawOf } from './law.ts'
import type { Law } from './law.ts'
import { lostOpenings, openingMail, putPlea } from './openings.ts'
import { isEmpty, nameOf, planFor } from './plan.ts'
import type { Plan } from './plan.ts'
import { membersOfContact } from './recipients.ts'
import { currentRow, loadState, SESSION_TABLES, writeSession } from './state.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Whoever accepted founds at once; when nothing comes of it, the one with the lower did, then the other. */
const FOUND_MS = 15_000
const OTHERS_FOUND_MS = MINUTE_MS
/** A removal tells of itself in the epoch that it ends, unless that does not get out. */
const FAREWELL_MS = 3_000
/** ML6. */
const QUIET_MS = 10 * MINUTE_MS
const MAX_SENT = 200
/** MB9: of large post-quantum key packages about a hundred fill a commit. */
const MAX_ADDED = 64
const PLEAD_AGAIN_MS = DAY_MS
/** When nobody took us in again, admins found a new session, the senior first. */
const REFOUND_MS = HOUR_MS

/** SU2, best first. */
const MLS = ['mls-xwing', 'mls-x25519']

/** What is remembered between two looks at a chat; nothing of it needs to outlive the process. */
export interface Upkeep {
  readonly since: Map<ChatId, { readonly what: string; readonly at: number }>
  readonly askedAt: Map<DeviceId, number>
  /** We accepted them or they showed new keys: it is ours to found. */
  readonly eager: Set<ChatId>
  /** By session and device: when its opening was last sent again. */
  readonly openedAt: Map<string, number>
  /** Two people who cannot read each other any more (ML5). */
  readonly broken: Set<ChatId>
}

/** Does what is due. Answers how long until something else is, if anything. */
export const upkeep = async (ctx: Context, own: Own, keep: Upkeep, id: ChatId): Promise<number | undefined> => {
  const chat = ctx.db.memory.chats.get(id)
  if (chat === undefined || chat.kind === 'self' || own.standing !== 'active') return undefined
  const waitMs = await (chat.kind === 'direct' ? keepDirect(ctx, own, keep, chat) : keepGroup(ctx, own, keep, chat))
  await noteReplaced(ctx, own, chat)
  return waitMs
}

/** How long this has been wanted. */
const wantedFor = (ctx: Context, { since }: Upkeep, id: ChatId, what: string): number => {
  const before = since.get(id)
  const at = before?.what === what ? before.at : ctx.clock.now()
  since.set(id, { what, at })
  return ctx.clock.now() - at
}

/** LG0: whatever is not written any more is read for 30 days from now. */
const noteReplaced = async (ctx: Context, own: Own, chat: ChatRecord): Promise<void> => {
  const sessions = knownSessions(ctx.db, chat.id)
  const written = sessionFor(ctx, own, chat)
  const stale = sessions.filter(({ group, replacedAt }) => (group === written?.group) === (replacedAt !== undefined))
  if (stale.length === 0 || sessions.length < 2) return
  await inSession(ctx, chat.id, () =>
    ctx.db.write(SESSION_TABLES, async () => {
      for (const { group } of stale) {
        const now = currentRow(ctx, { group })
        if (now === undefined) continue
        const { replacedAt: _, ...row } = now
        const isWritten = group === written?.group
        const next = isWritten ? row : { ...row, replacedAt: ctx.clock.now() }
        await writeSession(ctx, { before: now, row: next, from: undefined, state: undefined })
      }
    })
  )
}

// ── two people ────────────────────────────────────────────────────────────────────────────────────────────────────

const commonSuite = async (ctx: Context, own: Own, contact: ContactRow): Promise<Suite | undefined> => {
  const document = await loadDocument(ctx, contact.documentHash)
  const id = MLS.find((one) => own.suites.has(one) && document?.suites.includes(one))
  return id === undefined ? undefined : own.suites.get(id)
}

const keepDirect = async (ctx: Context, own: Own, keep: Upkeep, chat: ChatRecord): Promise<number | undefined> => {
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

const foundFor = async (
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

// ── groups ────────────────────────────────────────────────────────────────────────────────────────────────────────

const keepGroup = async (ctx: Context, own: Own, keep: Upkeep, chat: ChatRecord): Promise<number | undefined> => {
  const roster = ctx.rosters.get(chat.id)
  const session = sessionFor(ctx, own, chat)
  if (roster === undefined || !roster.members.has(own.did) || session === undefined) return undefined
  const suite = own.suites.get(session.suite)
  if (suite === undefined) return undefined
  if (suite.epochs === undefined) return await openToNewcomers(ctx, own, chat, session)
  const state = await loadState(ctx, session)
  const isHere = state !== undefined && suite.members(state).some(({ device }) => device === ctx.device.id)
  if (state === undefined || !isHere) return await plead(ctx, own, { chat, session, suite, keep })

  const law = lawOf(ctx, own, chat)
  const notes = session.mls
  if (notes === undefined) return undefined
  const plan = planFor(ctx, own, chat, { suite, state, notes, law })
  if (isEmpty(plan)) {
    keep.since.delete(chat.id)
    await sendOpeningsAgain(ctx, { session, suite, state, law, keep })
    return await renew(ctx, own, session)
  }
  const waited = wantedFor(ctx, keep, chat.id, nameOf(plan))
  if (waited < plan.waitMs) return plan.waitMs - waited
  if (plan.remove.length > 0 && waited < FAREWELL_MS && (await hasMemberEvent(ctx, chat.id))) return FAREWELL_MS
  const isDone = await carryOut(ctx, own, { chat, session, suite, plan, keep })
  if (!isDone) return MINUTE_MS
  keep.since.delete(chat.id)
  ctx.moved(chat.id)
  return 0
}

const carryOut = async (
  ctx: Context,
  own: Own,
  given: {
    readonly chat: ChatRecord
    readonly session: SessionRow
    readonly suite: Suite
    readonly plan: Plan
    readonly keep: Upkeep
  }
): Promise<boolean> => {
  const { chat, session, suite, plan, keep } = given
  const fresh = await keyPackagesOf(ctx, keep, suite, plan.add)
  const again: ToCommit['add'][number][] = []
  for (const { member, keyPackage } of plan.replace) {
    if (await isGood(ctx, suite, member, keyPackage)) again.push({ device: member.device as DeviceId, keyPackage })
  }
  return await inSession(ctx, chat.id, async () => {
    const before = currentRow(ctx, session)
    const state = before && (await loadState(ctx, before))
    // somebody's commit came first: look again
    if (before === undefined || state === undefined || before.mls?.movedAt !== session.mls?.movedAt) return true
    const members = new Set<string>(suite.members(state).map(({ device }) => device))
    const room = members.size === 1 ? Number.POSITIVE_INFINITY : MAX_ADDED
    const add = [...again, ...fresh.filter(({ device }) => !members.has(device))].slice(0, room)
    const remove = [...plan.remove, ...plan.replace.map(({ member }) => member)]
      .map(({ device }) => device as DeviceId)
      .filter((device) => members.has(device))
      .filter((device) => !plan.replace.some(({ member }) => member.device === device) || isIn(add, device))
    if (add.length === 0 && remove.length === 0) return false
    const change = await commitIn(ctx, own, { session: before, before, state }, { add, remove })
    await ctx.db.write(SESSION_TABLES, () => writeSession(ctx, change))
    const made = change.row.mls?.commits.at(-1)
    ctx.log.info('sessions.committed', {
      session: session.group.slice(0, 4),
      epoch: made?.number,
      id: made?.id.slice(0, 4),
      added: add.length,
      removed: remove.length
    })
    return true
  })
}

const OPEN_AGAIN_MS = 5 * MINUTE_MS

/** Who is in the tree and never came in. */
const sendOpeningsAgain = async (
  ctx: Context,
  given: {
    readonly session: SessionRow
    readonly suite: Suite
    readonly state: SessionState
    readonly law: Law
    readonly keep: Upkeep
  }
): Promise<void> => {
  const { session, suite, state, law, keep } = given
  const now = ctx.clock.now()
  const here = new Set<string>(suite.members(state).map(({ device }) => device))
  const isDue = (device: DeviceId): boolean =>
    now - (keep.openedAt.get(`${session.group} ${device}`) ?? session.mls?.movedAt ?? now) >= OPEN_AGAIN_MS
  const isWanted = (device: DeviceId): boolean => {
    const owner = ownerOf(ctx, device)
    return here.has(device) && owner !== undefined && law.isIn(owner.did) && isDue(device)
  }
  const lost = lostOpenings(ctx, session, lineageOf(suite, state), isWanted)
  if (lost.length === 0) return
  await ctx.db.write(['mail'], async () => {
    for (const { epoch, devices } of lost) await putMail(ctx.db, [openingMail(ctx, session, devices, epoch)])
  })
  for (const { devices } of lost) for (const device of devices) keep.openedAt.set(`${session.group} ${device}`, now)
  ctx.wake(session.chat)
}

const isIn = (add: ToCommit['add'], device: string): boolean => add.some((one) => one.device === device)

/** RO2: whoever wrote who is in takes the newcomers in; suites without epochs need no more than telling them. */
const openToNewcomers = async (ctx: Context, own: Own, chat: ChatRecord, session: SessionRow): Promise<undefined> => {
  const roster = ctx.rosters.get(chat.id)
  const known = new Set(session.opened)
  const fresh = peersOf(ctx, chat).filter(({ device }) => !known.has(device))
  if (fresh.length === 0) return undefined
  const ours = fresh.filter(({ did }) => roster?.members.get(did)?.by === own.did).map(({ device }) => device)
  await inSession(ctx, chat.id, () =>
    ctx.db.write(SESSION_TABLES, async () => {
      const before = currentRow(ctx, session)
      if (before === undefined) return
      const row = { ...before, opened: [...known, ...fresh.map(({ device }) => device)] }
      const mail = ours.length === 0 ? [] : [openingMail(ctx, session, ours)]
      await writeSession(ctx, { before, row, from: undefined, state: undefined, mail })
    })
  )
  ctx.wake(chat.id)
  return undefined
}

// ── lost states ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Our state of a group is gone, or everybody goes on without our leaf though we belong there. */
const plead = async (
  ctx: Context,
  own: Own,
  given: { readonly chat: ChatRecord; readonly session: SessionRow; readonly suite: Suite; readonly keep: Upkeep }
): Promise<number | undefined> => {
  const { chat, session, suite, keep } = given
  const now = ctx.clock.now()
  const pleadedAt = session.mls?.pleadedAt
  const refoundAt = rankOf(ctx, own, chat)
  const waited = wantedFor(ctx, keep, chat.id, 'state')
  if (refoundAt !== undefined && waited >= refoundAt) {
    const add = await keyPackagesOf(ctx, keep, suite, membersWanted(ctx, chat))
    if (add.length > 0) {
      await inSession(ctx, chat.id, () => foundFor(ctx, own, chat, suite, add))
      ctx.moved(chat.id)
      return 0
    }
  }
  if (pleadedAt === undefined || now - pleadedAt >= PLEAD_AGAIN_MS) {
    await inSession(ctx, chat.id, () =>
      ctx.db.write(SESSION_TABLES, async () => {
        const before = currentRow(ctx, session)
        if (before?.mls === undefined) return
        const row = { ...before, mls: { ...before.mls, pleadedAt: now } }
        await writeSession(ctx, { before, row, from: undefined, state: undefined })
        const devices = peersOf(ctx, chat).map(({ device }) => device)
        if (devices.length > 0) await putPlea(ctx, row, devices)
      })
    )
    ctx.log.info('sessions.pleaded')
    ctx.wake(chat.id)
  }
  return refoundAt === undefined ? PLEAD_AGAIN_MS : Math.max(MINUTE_MS, refoundAt - waited)
}

const membersWanted = (ctx: Context, chat: ChatRecord): readonly SessionMember[] =>
  peersOf(ctx, chat).map(({ did, device }) => ({ did, device }))

const rankOf = (ctx: Context, own: Own, chat: ChatRecord): number | undefined => {
  const admins = [...(ctx.rosters.get(chat.id)?.members.values() ?? [])]
    .filter(({ role }) => role === 'admin')
    .toSorted((a, b) => a.seniority - b.seniority)
  const rank = admins.findIndex(({ account }) => account === own.did)
  return rank < 0 ? undefined : (rank + 1) * REFOUND_MS
}

// ── leaves and key packages ───────────────────────────────────────────────────────────────────────────────────────

const isAnybodyHere = (ctx: Context, { chat }: SessionRow): boolean => {
  const record = ctx.db.memory.chats.get(chat)
  const open = ctx.net.reachability().devices
  return record !== undefined && peersOf(ctx, record).some(({ device }) => open.has(device))
}

/** ML6. Answers when the leaf is due. */
const renew = async (ctx: Context, own: Own, session: SessionRow): Promise<number | undefined> => {
  const notes = session.mls
  if (notes === undefined) return undefined
  const now = ctx.clock.now()
  const isDue = notes.renewAt <= now || notes.sent >= MAX_SENT
  if (!isDue) return notes.renewAt - now
  if (now - notes.movedAt < QUIET_MS) return QUIET_MS - (now - notes.movedAt)
  // a commit that nobody hears of only makes rivals
  if (!isAnybodyHere(ctx, session)) return HOUR_MS
  await inSession(ctx, session.chat, async () => {
    const before = currentRow(ctx, session)
    const state = before && (await loadState(ctx, before))
    if (before === undefined || state === undefined || before.mls?.movedAt !== notes.movedAt) return
    const binding = own.secrets.device.binding
    const change = await commitIn(ctx, own, { session: before, before, state }, { add: [], remove: [], binding })
    await ctx.db.write(SESSION_TABLES, () => writeSession(ctx, change))
    ctx.log.info('sessions.renewed')
  })
  ctx.moved(session.chat)
  return 0
}

/** Those that can be had; the others are asked for, and whoever answers wakes this chat again. */
const keyPackagesOf = async (
  ctx: Context,
  keep: Upkeep,
  suite: Suite,
  members: readonly SessionMember[]
): Promise<ToCommit['add']> => {
  const found: ToCommit['add'][number][] = []
  for (const member of members) {
    const keyPackage = await keyPackageOf(ctx, suite, member)
    const device = member.device as DeviceId
    if (keyPackage !== undefined) found.push({ device, keyPackage })
    else askForKeys(ctx, keep, suite, device)
  }
  return found
}

const askForKeys = (ctx: Context, { askedAt }: Upkeep, { id: suite }: Suite, device: DeviceId): void => {
  const now = ctx.clock.now()
  const owner = ownerOf(ctx, device)
  if (owner === undefined || now - (askedAt.get(device) ?? Number.NEGATIVE_INFINITY) < MINUTE_MS) return
  askedAt.set(device, now)
  inBackground(ctx, 'sessions.ask-failed', async () => {
    const asked = await ask(ctx, { device, homes: owner.homes }, 'keyPackage', { suite })
    const keyPackage = asked.outcome === 'answered' ? asked.reply.keyPackage : undefined
    if (keyPackage === undefined) return
    await ctx.db.write(KEY_TABLES, () => takeKeys(ctx, device, [{ suite, keyPackage }]))
    for (const chat of ctx.db.memory.chats.values()) {
      if (chat.kind !== 'self' && peersOf(ctx, chat).some((peer) => peer.device === device)) ctx.reconcile(chat.id)
    }
  })
}
