/**
 * LG7: what we wrote while somebody was being let in. Whoever let them in did not know of it, so it is not below their floor;
 * by the time we heard of them our outbox may have been done with it. Their first receipt says where they stand.
 */
import { bytesToBase64url } from '../base/bytes.ts'
import type { ChatId } from '../model/ids.ts'
import { queueEvents } from '../store/outbox.ts'
import type { OutboxRow } from '../store/carried-rows.ts'
import { isFloor } from '../store/rows.ts'
import type { EventRow } from '../store/rows.ts'
import { eventsOfDevice, getEvents } from '../store/timeline.ts'
import { eventHeader } from '../wire/event.ts'
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
    // what they are owed is what their joining does not stand on, whatever they say that they hold
    const known = await reachOf(ctx, event)
    const isOwed = ({ kind, counter, order }: EventRow): boolean =>
      kind === 'member' ||
      roster.policies.history === 'all' ||
      (known === undefined ? order >= event.order : counter > known)
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

const MAX_STEPS = 512

/** The highest own counter that an event stands on, found by going back from it; undefined when that takes too long. */
const reachOf = async (ctx: Context, from: EventRow): Promise<number | undefined> => {
  const seen = new Set<string>()
  let open: readonly EventRow[] = [from]
  let highest = 0
  while (open.length > 0) {
    const next: string[] = []
    for (const row of open) {
      if (isFloor(row)) continue
      if (row.device === ctx.device.id) {
        // our own are a chain: whatever is below is known with it
        highest = Math.max(highest, row.counter)
        continue
      }
      const { previous, heads } = eventHeader.decode(row.header)
      for (const bytes of previous === undefined ? heads : [previous, ...heads]) {
        const id = bytesToBase64url(bytes)
        if (!seen.has(id)) next.push(id)
        seen.add(id)
      }
    }
    if (seen.size > MAX_STEPS) return undefined
    open = await getEvents(ctx.db, next)
  }
  return highest
}
