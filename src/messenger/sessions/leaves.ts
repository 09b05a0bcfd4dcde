/** ML6: the own leaf, fresh in time; and key packages of those who are to come in, asked for where none is here. */
import type { SessionMember, Suite } from '../../crypto/suite.ts'
import type { DeviceId } from '../../model/ids.ts'
import type { SessionRow } from '../../store/rows.ts'
import { ask } from '../ask/ask.ts'
import { inBackground } from '../context.ts'
import type { Context, Own } from '../context.ts'
import { ownerOf, peersOf } from '../peers.ts'
import { inSession } from './carrier.ts'
import { commitIn } from './commits.ts'
import type { ToCommit } from './commits.ts'
import { keyPackageOf, KEY_TABLES, takeKeys } from './keys.ts'
import { currentRow, loadState, SESSION_TABLES, writeSession } from './state.ts'
import type { Upkeep } from './upkeep-notes.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** ML6. */
const QUIET_MS = 10 * MINUTE_MS
const MAX_SENT = 200

const isAnybodyHere = (ctx: Context, { chat }: SessionRow): boolean => {
  const record = ctx.db.memory.chats.get(chat)
  const open = ctx.net.reachability().devices
  return record !== undefined && peersOf(ctx, record).some(({ device }) => open.has(device))
}

/** ML6. Answers when the leaf is due. */
export const renew = async (ctx: Context, own: Own, session: SessionRow): Promise<number | undefined> => {
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
export const keyPackagesOf = async (
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
