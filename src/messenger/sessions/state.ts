/**
 * The state of sessions that move (MLS), between disk and use. It is read once and kept; what changes is written in parts,
 * with the row that counts how often, so that a write that failed or came second never passes for the state on disk.
 */
import { AppError } from '../../base/errors.ts'
import { diffState } from '../../crypto/suite.ts'
import type { SessionState } from '../../crypto/suite.ts'
import { putSession } from '../../store/chats.ts'
import type { TableName } from '../../store/database.ts'
import { dropMail, putMail } from '../../store/mail.ts'
import type { MailRow } from '../../store/carried-rows.ts'
import type { SessionRow } from '../../store/rows.ts'
import { dropGiven, putGiven, readState, writeParts } from '../../store/sessions.ts'
import type { Given } from '../../store/sessions.ts'
import type { Context } from '../context.ts'

/** What a write needs that takes a session's change along. */
export const SESSION_TABLES: readonly TableName[] = ['sessions', 'parts', 'mail']

/** A session as it will be after something was sealed, opened, committed or received in it. */
export interface SessionChange {
  /** As it was read; a session of ours that is new has none. */
  readonly before: SessionRow | undefined
  readonly row: SessionRow
  readonly from: SessionState | undefined
  /** In parts; absent where only the row changes. */
  readonly state: ReadonlyMap<string, Uint8Array> | undefined
  readonly give?: readonly { readonly kind: Given; readonly id: string; readonly value: Uint8Array }[]
  readonly take?: readonly { readonly kind: Given; readonly id: string }[]
  readonly mail?: readonly MailRow[]
  /** Mail whose bytes are of no use any more: what it held is sealed again. */
  readonly lostMail?: readonly string[]
}

interface Cached {
  readonly rev: number
  readonly state: SessionState
}
/** The last two: what was last written may not have committed. */
const caches = new WeakMap<Context, Map<string, readonly Cached[]>>()
const cacheOf = (ctx: Context): Map<string, readonly Cached[]> => {
  const known = caches.get(ctx) ?? new Map<string, readonly Cached[]>()
  caches.set(ctx, known)
  return known
}

const remember = (ctx: Context, group: string, fresh: Cached): void => {
  const cache = cacheOf(ctx)
  const others = (cache.get(group) ?? []).filter(({ rev }) => rev !== fresh.rev)
  cache.set(group, [fresh, ...others].slice(0, 2))
}

/** The session as it is now; work that waits for its turn was asked for with an older row. */
export const currentRow = (ctx: Context, { group }: Pick<SessionRow, 'group'>): SessionRow | undefined =>
  ctx.db.memory.sessions.get(group)

/** What is in memory already. */
export const warmState = (ctx: Context, { group, rev }: SessionRow): SessionState | undefined =>
  cacheOf(ctx)
    .get(group)
    ?.find((one) => one.rev === rev)?.state

/** @returns undefined when there is none, or it is gone from the disk. */
export const loadState = async (ctx: Context, session: SessionRow): Promise<SessionState | undefined> => {
  const { rev, group } = session
  if (rev === undefined) return undefined
  const known = warmState(ctx, session)
  if (known !== undefined) return known
  const state = await readState(ctx.db, group)
  if (state !== undefined) remember(ctx, group, { rev, state })
  return state
}

export const forgetState = (ctx: Context, group: string): void => {
  cacheOf(ctx).delete(group)
}

/** Inside a write over SESSION_TABLES. @throws AppError `conflict` when the session moved since it was read. */
export const writeSession = async (ctx: Context, change: SessionChange | undefined): Promise<void> => {
  if (change === undefined) return
  const { before, row, from, state, give = [], take = [], mail = [], lostMail = [] } = change
  const { group } = row
  if (currentRow(ctx, row)?.rev !== before?.rev) throw new AppError('conflict', 'the session moved meanwhile')
  const rev = state === undefined ? before?.rev : (before?.rev ?? 0) + 1
  await putSession(ctx.db, { ...row, ...(rev !== undefined && { rev }) })
  if (state !== undefined && rev !== undefined) {
    await writeParts(ctx.db, group, diffState(from, state), state.keys())
    remember(ctx, group, { rev, state })
  }
  for (const { kind, id, value } of give) await putGiven(ctx.db, group, kind, id, value)
  for (const { kind, id } of take) await dropGiven(ctx.db, group, [kind], [id])
  if (mail.length > 0) await putMail(ctx.db, mail)
  if (lostMail.length > 0) await dropMail(ctx.db, lostMail)
}
