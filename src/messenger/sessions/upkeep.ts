/** What one chat's sessions need now: a new session of two people, a commit in a group, a plea, a fresh leaf (ML6). */
import type { SessionState, Suite } from '../../crypto/suite.ts'
import type { ChatId, DeviceId } from '../../model/ids.ts'
import { knownSessions } from '../../store/chats.ts'
import { putMail } from '../../store/mail.ts'
import type { ChatRecord, SessionRow } from '../../store/rows.ts'
import type { Context, Own } from '../context.ts'
import { ownerOf, peersOf } from '../peers.ts'
import { lineageOf, settle } from './branch.ts'
import { hasMemberEvent, inSession, sessionFor } from './carrier.ts'
import { commitIn } from './commits.ts'
import type { ToCommit } from './commits.ts'
import { keepDirect } from './direct.ts'
import { isGood } from './keys.ts'
import { lawOf } from './law.ts'
import type { Law } from './law.ts'
import { keyPackagesOf, renew } from './leaves.ts'
import { lostMailOf } from './lost.ts'
import { lostOpenings, openingMail } from './openings.ts'
import { isEmpty, nameOf, planFor } from './plan.ts'
import type { Plan } from './plan.ts'
import { plead } from './pleading.ts'
import { currentRow, loadState, SESSION_TABLES, writeSession } from './state.ts'
import { wantedFor } from './upkeep-notes.ts'
import type { Upkeep } from './upkeep-notes.ts'

const MINUTE_MS = 60_000
/** A removal tells of itself in the epoch that it ends, unless that does not get out. */
const FAREWELL_MS = 3_000
/** MB9: of large post-quantum key packages about a hundred fill a commit. */
const MAX_ADDED = 64

/** Does what is due. Answers how long until something else is, if anything. */
export const upkeep = async (ctx: Context, own: Own, keep: Upkeep, id: ChatId): Promise<number | undefined> => {
  const chat = ctx.db.memory.chats.get(id)
  if (chat === undefined || chat.kind === 'self' || own.standing !== 'active') return undefined
  const waitMs = await (chat.kind === 'direct' ? keepDirect(ctx, own, keep, chat) : keepGroup(ctx, own, keep, chat))
  await noteReplaced(ctx, own, chat)
  return waitMs
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
  const settled = await settleAgain(ctx, own, { session, suite, law })
  if (settled === 'moved') return 0
  // what we commit on a branch that nobody follows is lost; they take us in again
  if (settled === 'out') return await plead(ctx, own, { chat, session, suite, keep })
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

/**
 * The roster may have made something lawful that was not, or the other way round. `moved`: another epoch is followed; `out`:
 * everybody goes on in one that we are not in.
 */
const settleAgain = async (
  ctx: Context,
  own: Own,
  { session, suite, law }: { readonly session: SessionRow; readonly suite: Suite; readonly law: Law }
): Promise<'moved' | 'out' | 'here'> => {
  const outcome = await inSession(ctx, session.chat, async () => {
    const before = currentRow(ctx, session)
    const state = before && (await loadState(ctx, before))
    if (before?.mls === undefined || state === undefined) return 'here'
    const settled = settle(suite, law, state, before.mls, ctx.clock.now())
    if (settled.isOut) return 'out'
    if (!settled.hasMoved || settled.state instanceof Uint8Array) return 'here'
    const lostMail = settled.hasSwitched ? lostMailOf(ctx, before, settled.lineage) : []
    const row = { ...before, mls: settled.notes }
    await ctx.db.write(SESSION_TABLES, () =>
      writeSession(ctx, { before, row, from: state, state: settled.state as ReadonlyMap<string, Uint8Array>, lostMail })
    )
    return 'moved' as const
  })
  if (outcome === 'moved') ctx.moved(session.chat)
  return outcome
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
    // SU2: whoever is too many stays outside until somebody goes
    const free = suite.properties.largestGroup - members.size + plan.remove.length + again.length
    const room = Math.min(free, members.size === 1 ? Number.POSITIVE_INFINITY : MAX_ADDED)
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
