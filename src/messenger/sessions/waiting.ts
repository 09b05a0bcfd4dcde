/**
 * Envelopes that cannot be read yet: their epoch, session or somebody's document has not come. They lie on the disk, few of each
 * device, and are tried again whenever something moved; to the person there is no such thing.
 */
import { bytesToBase64url } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { sha256 } from '../../crypto/hash.ts'
import type { ChatId, DeviceId } from '../../model/ids.ts'
import type { WaitingRow } from '../../store/carried-rows.ts'
import { inBackground } from '../context.ts'
import type { Context } from '../context.ts'
import type { Arrived } from '../net.ts'

const MAX_A_DEVICE = 64
const MAX_ALL = 2048
/** ML4: what could have read it is gone by then. */
const KEEP_MS = 7 * 24 * 3600 * 1000

/** What will not be taken at any other time either. */
const NEVER: readonly string[] = [
  'malformed',
  'too-large',
  'needs-newer',
  'untrusted',
  'undecryptable',
  'not-found',
  'conflict'
]

const rowsOf = ({ db }: Context): readonly WaitingRow[] =>
  [...db.memory.waiting.values()].toSorted((a, b) => a.arrivedAt - b.arrivedAt || (a.id < b.id ? -1 : 1))

/** Rows that the round under way found not ready again. */
const again = new WeakMap<Context, Set<string>>()

/** `chat`: as far as it is known. The oldest of a device that keeps too much waiting go. */
export const keepWaiting = async (
  ctx: Context,
  { from, chat, envelope }: { readonly from: DeviceId; readonly chat?: ChatId; readonly envelope: Uint8Array }
): Promise<void> => {
  const id = bytesToBase64url(sha256(envelope))
  again.get(ctx)?.add(id)
  await ctx.db.write(['waiting'], async () => {
    if (ctx.db.memory.waiting.has(id)) return
    const now = ctx.clock.now()
    const rows = rowsOf(ctx)
    const theirs = rows.filter((row) => row.from === from)
    const gone = new Set(
      [
        ...rows.filter(({ arrivedAt }) => now - arrivedAt > KEEP_MS),
        ...theirs.slice(0, Math.max(0, theirs.length + 1 - MAX_A_DEVICE)),
        ...rows.slice(0, Math.max(0, rows.length + 1 - MAX_ALL))
      ].map((row) => row.id)
    )
    if (gone.size > 0) await ctx.db.tables.waiting.bulkDelete([...gone])
    await ctx.db.tables.waiting.put({ id, from, arrivedAt: now, envelope, ...(chat && { chat }) })
  })
}

const running = new WeakSet<Context>()
const wanted = new WeakSet<Context>()

/** Tries all of it again, as long as that opens anything. `take` is what takes what arrives. */
export const retryWaiting = (ctx: Context, take: (arrived: Arrived) => Promise<unknown>): void => {
  if (ctx.db.memory.waiting.size === 0) return
  wanted.add(ctx)
  if (running.has(ctx)) return
  running.add(ctx)
  inBackground(ctx, 'waiting.failed', async () => {
    try {
      while (wanted.delete(ctx)) await retryAll(ctx, take)
    } finally {
      running.delete(ctx)
    }
  })
}

const retryAll = async (ctx: Context, take: (arrived: Arrived) => Promise<unknown>): Promise<void> => {
  for (let opened = 1; opened > 0;) {
    opened = 0
    for (const row of rowsOf(ctx)) {
      if (ctx.stopping.signal.aborted || ctx.own === undefined || row.from === undefined) return
      const still = new Set<string>()
      again.set(ctx, still)
      try {
        await take({ from: row.from, path: 'direct', envelope: row.envelope })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        // a failure of ours: it stays for another time
        if (!NEVER.includes(error.code)) still.add(row.id)
      } finally {
        again.delete(ctx)
      }
      if (still.has(row.id)) continue
      opened++
      await ctx.db.write(['waiting'], () => ctx.db.tables.waiting.bulkDelete([row.id]))
    }
  }
}
