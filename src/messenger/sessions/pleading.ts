/** Our state of a group is gone: others are asked to take us in again; when nobody does, an admin founds a new session. */
import type { SessionMember, Suite } from '../../crypto/suite.ts'
import type { ChatRecord, SessionRow } from '../../store/rows.ts'
import type { Context, Own } from '../context.ts'
import { peersOf } from '../peers.ts'
import { inSession } from './carrier.ts'
import { foundFor } from './direct.ts'
import { keyPackagesOf } from './leaves.ts'
import { putPlea } from './openings.ts'
import { currentRow, SESSION_TABLES, writeSession } from './state.ts'
import { wantedFor } from './upkeep-notes.ts'
import type { Upkeep } from './upkeep-notes.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const PLEAD_AGAIN_MS = 24 * HOUR_MS
/** When nobody took us in again, admins found a new session, the senior first. */
const REFOUND_MS = HOUR_MS

/** Our state of a group is gone, or everybody goes on without our leaf though we belong there. */
export const plead = async (
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
