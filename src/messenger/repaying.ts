/**
 * LG7: what we wrote while somebody was being let in. Whoever let them in did not know of it, so it is not below their floor;
 * by the time we heard of them our outbox may have been done with it. Their first receipt says where they stand.
 */
import type { ChatId } from '../model/ids.ts'
import { queueEvents } from '../store/outbox.ts'
import type { EventRow, OutboxRow } from '../store/rows.ts'
import { eventsOfDevice, getEvents } from '../store/timeline.ts'
import { OUTBOX_TTL_MS } from './append.ts'
import { inBackground } from './context.ts'
import type { Context } from './context.ts'
import type { LineKey } from './lines.ts'
import { ownerOf } from './peers.ts'

/** More than that nobody writes in so short a time. */
const MAX_OWED = 256

export const repay = (ctx: Context, id: ChatId, key: LineKey): void => {
  const chat = ctx.db.memory.chats.get(id)
  const owner = key === 'request' ? undefined : ownerOf(ctx, key)
  if (chat?.kind !== 'group' || owner === undefined || key === 'request') return
  const held = chat.delivered[key]?.counter
  const told = chat.owedFrom?.[owner.did] ?? 0
  if (held === undefined || held >= told || told - held > MAX_OWED) return
  inBackground(ctx, 'outbox.repay-failed', async () => {
    const roster = ctx.rosters.get(id)
    const joined = roster?.members.get(owner.did)?.joined
    const [event] = joined === undefined ? [] : await getEvents(ctx.db, [joined])
    if (roster === undefined || event === undefined) return
    const isOwed = ({ kind, order }: EventRow): boolean =>
      kind === 'member' || roster.policies.history === 'all' || order >= event.order
    const rows = (await eventsOfDevice(ctx.db, id, ctx.device.id, held + 1, told)).filter(isOwed)
    await ctx.db.write(['outbox'], async (change) => {
      const fresh = rows.filter((row) => !ctx.db.memory.outbox.has(row.id))
      const now = ctx.clock.now()
      if (fresh.length === 0) return
      await queueEvents(
        ctx.db,
        change,
        fresh.map((row): OutboxRow => ({
          id: row.id,
          chat: id,
          counter: row.counter,
          queuedAt: now,
          endsAt: now + OUTBOX_TTL_MS,
          state: 'queued',
          ...(row.kind === 'member' && { isMember: true })
        }))
      )
    })
    ctx.wake(id)
  })
}
