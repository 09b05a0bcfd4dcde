/**
 * Disappearing messages (LG2, LG5): when the time of a message is over, body and salt go on every device, also on one that
 * gets it only then. One clock for all chats; after a start it is made again from the log. Once a day: old headers, old pieces.
 */
import type { ChatId, MessageId } from '../model/ids.ts'
import { endOf, sortTimers, spansOf } from '../model/timers.ts'
import type { TimerSet } from '../model/timers.ts'
import { compactErased, expireMessages, EXPIRING, noteErased } from '../store/expire.ts'
import type { MessageRow } from '../store/rows.ts'
import { dropOldPieces } from '../store/pieces.ts'
import { eventsAbout, messagesFrom } from '../store/timeline.ts'
import type { Change } from '../store/watch.ts'
import { inBackground } from './context.ts'
import type { Context } from './context.ts'

const PAGE = 500
/** Of one write: a chat that is over at once must not hold up everything else. */
const MAX_AT_ONCE = 64
const DAY_MS = 24 * 3600 * 1000
const RETRY_MS = 60_000

interface Known {
  readonly ids: ReadonlySet<string>
  readonly sets: readonly TimerSet[]
}

export interface Timers {
  /** When this message disappears; undefined: it stays. */
  endsAt(row: MessageRow): number | undefined
  start(): Promise<void>
  stop(): void
}

export const createTimers = (ctx: Context): Timers => {
  const known = new Map<ChatId, Known>()
  const due = new Map<MessageId, { readonly chat: ChatId; readonly at: number }>()
  let timer: AbortController | undefined
  let wakesAt = Infinity
  let isRunning = false

  const endsAt = (row: MessageRow): number | undefined => {
    const timers = known.get(row.chat)
    return timers === undefined || row.system !== undefined ? undefined : endOf(timers.sets, row)
  }

  const expect = (row: MessageRow): void => {
    const at = endsAt(row)
    if (at === undefined) return
    due.set(row.id, { chat: row.chat, at })
    wakeAt(at)
  }

  const wakeAt = (at: number): void => {
    if (at >= wakesAt || ctx.stopping.signal.aborted) return
    timer?.abort()
    timer = new AbortController()
    wakesAt = at
    // platforms cannot sleep for longer than 24 days at once
    const ms = Math.min(Math.max(0, at - ctx.clock.now()), DAY_MS)
    ctx.clock.sleep(ms, timer.signal).then(
      () => awake(),
      () => {}
    )
  }

  const awake = (): void => {
    wakesAt = Infinity
    inBackground(ctx, 'timers.failed', expireDue)
  }

  const expireDue = async (): Promise<void> => {
    if (isRunning || ctx.stopping.signal.aborted) return
    isRunning = true
    try {
      const now = ctx.clock.now()
      const byChat = Map.groupBy(
        [...due].filter(([, { at }]) => at <= now),
        ([, { chat }]) => chat
      )
      for (const [chat, all] of byChat) {
        const ids = all.map(([id]) => id)
        for (let at = 0; at < ids.length; at += MAX_AT_ONCE) await expireSome(chat, ids.slice(at, at + MAX_AT_ONCE))
      }
      await compactErased(ctx.db, now)
      await dropOldPieces(ctx.db, now)
      isRunning = false
      wakeAt([...due.values()].reduce((next, { at }) => Math.min(next, at), ctx.clock.now() + DAY_MS))
    } catch (error) {
      // a full disk passes
      isRunning = false
      wakeAt(ctx.clock.now() + RETRY_MS)
      throw error
    }
  }

  const expireSome = async (chat: ChatId, ids: readonly MessageId[]): Promise<void> => {
    await ctx.db.write(EXPIRING, async (change) => {
      const record = ctx.db.memory.chats.get(chat)
      if (record !== undefined) await expireMessages(ctx.db, change, { chat: record, ids, now: ctx.clock.now() })
    })
    for (const id of ids) due.delete(id)
    ctx.log.debug('timers.expired', { count: ids.length })
  }

  /** What the timers of a chat are, and which messages they concern. */
  const load = async (chat: ChatId): Promise<void> => {
    const rows = (await eventsAbout(ctx.db, chat, 'timer')).filter((row) => row.void === undefined)
    const sets = sortTimers(
      rows.flatMap(({ order, content }) => (content?.kind === 'timer' ? [{ order, seconds: content.seconds }] : []))
    )
    known.set(chat, { ids: new Set(rows.map(({ id }) => id)), sets })
    for (const [id, one] of due) if (one.chat === chat) due.delete(id)
    for (const { from, to } of spansOf(sets)) await scan(chat, from, to)
  }

  const scan = async (chat: ChatId, from: string, to: string | undefined): Promise<void> => {
    let after = from
    for (;;) {
      const rows = await messagesFrom(ctx.db, chat, after, PAGE)
      const inside = rows.filter(({ order }) => to === undefined || order < to)
      for (const row of inside) expect(row)
      const last = rows.at(-1)
      if (last === undefined || rows.length < PAGE || inside.length < rows.length) return
      after = `${last.order}!`
    }
  }

  const follow = (change: Change): void => {
    const changed = new Set<ChatId>()
    const removed = new Map<ChatId, MessageId[]>()
    for (const row of change.messages) {
      if (row.system?.kind === 'timer') changed.add(row.chat)
      else if (row.removed && !due.has(row.id)) removed.set(row.chat, [...(removed.get(row.chat) ?? []), row.id])
    }
    for (const { chat, id } of change.gone) {
      due.delete(id as MessageId)
      if (known.get(chat)?.ids.has(id)) changed.add(chat)
    }
    for (const row of change.messages) if (!changed.has(row.chat)) expect(row)
    for (const chat of changed) inBackground(ctx, 'timers.failed', () => load(chat))
    if (removed.size > 0) inBackground(ctx, 'timers.failed', () => rememberRemoved(removed))
  }

  /** LG5: what was removed loses its header later, like what a timer took. */
  const rememberRemoved = (removed: ReadonlyMap<ChatId, readonly MessageId[]>): Promise<void> =>
    ctx.db.write(['records'], async () => {
      for (const [chat, ids] of removed) await noteErased(ctx.db, chat, ids, ctx.clock.now())
    })

  const unfollow = ctx.db.changes.listen(follow)
  return {
    endsAt,
    start: async () => {
      for (const chat of ctx.db.memory.chats.values()) if (chat.timer !== undefined) await load(chat.id)
      wakeAt(ctx.clock.now())
    },
    stop: () => {
      unfollow()
      timer?.abort()
    }
  }
}
