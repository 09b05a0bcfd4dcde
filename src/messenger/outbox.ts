/**
 * The guarantee: an event leaves the outbox only when every device that must have it holds it (DL2, DL3) or its time is up.
 * Each device gets its mail in order and waits for no other. Look at what waits, seal it with no transaction open, hand it
 * over, write what was said; what was not taken keeps its bytes and goes again. What waits meanwhile shares the next batch.
 */
import type { ChatId, DeviceId } from '../model/ids.ts'
import { updateChat } from '../store/chats.ts'
import { chatsWithMail, dropMail } from '../store/mail.ts'
import { chatsWithWork, failEvents } from '../store/outbox.ts'
import type { MailRow, OutboxRow } from '../store/carried-rows.ts'
import { lookAtWaiting, maySend, nextBatch, nextTime } from './batches.ts'
import type { Waiting } from './batches.ts'
import type { Context } from './context.ts'
import { inBackground } from './context.ts'
import { handOver, handOverRequest } from './delivering.ts'
import type { Given } from './delivering.ts'
import { hurry, LONGEST_WAIT_MS, putOff } from './lines.ts'
import type { LineKey } from './lines.ts'
import type { Reachability } from './net.ts'
import { peersOf } from './peers.ts'
import { sealBatch, sealFirst } from './sealing.ts'
import { settleGiven } from './settling.ts'

/** Nobody says no to a request that came through a home: their keys may be others by now, and after 30 days it is too old. */
const RESEAL_MS = 2 * 24 * 3600 * 1000
/** Of one chat; dialling everybody of a large group at once would starve the others. */
const MAX_AT_ONCE = 16

export interface Outbox {
  /** Something to send in this chat, now. */
  wake(chat: ChatId): void
  /** Also to those who were away a moment ago. */
  hurry(chat: ChatId): void
  /** Everything that waits, now: after a start or when the connection is back. */
  wakeAll(): void
  stop(): void
}

/** What is on its way in one chat beside what is stored. */
interface Box {
  /** Sealed by a suite without ratchet and not written yet: so far everybody has taken it (decision 0040). */
  readonly unsaved: Map<string, MailRow>
  readonly given: Given[]
}

export const createOutbox = (ctx: Context): Outbox => {
  const running = new Set<ChatId>()
  const asked = new Set<ChatId>()
  const timers = new Map<ChatId, AbortController>()
  const boxes = new Map<ChatId, Box>()

  /** One at a time and chat. What is asked for meanwhile is another round, not another job that waits. */
  const wake = (chat: ChatId): void => {
    if (ctx.stopping.signal.aborted) return
    asked.add(chat)
    if (running.has(chat)) return
    running.add(chat)
    inBackground(ctx, 'outbox.failed', async () => {
      try {
        while (asked.delete(chat)) {
          timers.get(chat)?.abort()
          const waitMs = await pump(chat)
          if (waitMs !== undefined) wakeLater(chat, waitMs)
        }
      } catch (error) {
        // a full disk passes; what waits must not lie until the next start
        if (!ctx.stopping.signal.aborted) wakeLater(chat, LONGEST_WAIT_MS)
        throw error
      } finally {
        running.delete(chat)
      }
    })
  }

  const wakeLater = (chat: ChatId, ms: number): void => {
    timers.get(chat)?.abort()
    const timer = new AbortController()
    timers.set(chat, timer)
    ctx.clock.sleep(ms, timer.signal).then(
      () => wake(chat),
      () => {}
    )
  }

  const boxOf = (chat: ChatId): Box => {
    const box = boxes.get(chat) ?? { unsaved: new Map<string, MailRow>(), given: [] }
    boxes.set(chat, box)
    return box
  }

  /** Sends what can be sent now. Answers how long to wait before the next try, or undefined when there is nothing to try. */
  const pump = async (id: ChatId): Promise<number | undefined> => {
    const box = boxOf(id)
    for (;;) {
      if (ctx.own?.standing !== 'active' || ctx.stopping.signal.aborted) return undefined
      if (box.given.length > 0) {
        await settleGiven(ctx, id, box)
        continue
      }
      const waiting = lookAtWaiting(ctx, id, box.unsaved)
      if (waiting === undefined) return undefined
      if (await giveUpOld(ctx, waiting)) continue
      if (!maySend(waiting)) return nextTime(ctx, waiting)
      if (waiting.kind === 'request') {
        if (await startRequest(waiting, box)) continue
        return nextTime(ctx, waiting)
      }
      for (const row of box.unsaved.values()) if (row.kind === 'request') box.unsaved.delete(row.id)
      startMail(waiting)
      const batch = await nextBatch(ctx, waiting)
      if (batch === undefined) return nextTime(ctx, waiting)
      const made = await sealBatch(ctx, waiting.chat, batch)
      if (made === undefined) {
        for (const device of batch.devices) putOff(ctx, ctx.lines.of(id, device), 'nothing can be sealed to them yet')
      } else if (!made.isSaved) box.unsaved.set(made.row.id, made.row)
    }
  }

  const start = (row: MailRow, key: LineKey, job: () => Promise<Given>): void => {
    const line = ctx.lines.of(row.chat, key)
    line.isBusy = true
    inBackground(ctx, 'outbox.failed', async () => {
      try {
        boxOf(row.chat).given.push(await job())
      } catch (error) {
        boxOf(row.chat).given.push({ row, key, results: [] })
        throw error
      } finally {
        wake(row.chat)
      }
    })
  }

  /** To each device the first of what is for it. */
  const startMail = ({ chat, mail }: Waiting): void => {
    const now = ctx.clock.now()
    const firsts = new Map<DeviceId, MailRow>()
    for (const row of mail) {
      for (const device of row.devices) if (row.kind !== 'request' && !firsts.has(device)) firsts.set(device, row)
    }
    const open = ctx.net.reachability().devices
    let busy = [...ctx.lines.ofChat(chat.id).values()].filter(({ isBusy }) => isBusy).length
    // those who are there do not wait for those who are not
    const inOrder = [...firsts].toSorted(([a], [b]) => Number(open.has(b)) - Number(open.has(a)))
    for (const [device, row] of inOrder) {
      const line = ctx.lines.of(chat.id, device)
      if (line.isBusy || line.nextTryAt > now || (row.notBefore ?? 0) > now) continue
      if (busy >= MAX_AT_ONCE) return
      busy++
      start(row, device, () => handOver(ctx, row, device))
    }
  }

  /** IN3: one request at a time, to whatever device of theirs answers. True when there is more to look at now. */
  const startRequest = async (waiting: Waiting, box: Box): Promise<boolean> => {
    const { chat, contact, mail } = waiting
    const line = ctx.lines.of(chat.id, 'request')
    const now = ctx.clock.now()
    if (line.isBusy || line.nextTryAt > now || contact === undefined) return false
    const known = mail.find(({ kind }) => kind === 'request')
    if (known !== undefined && now - known.sealedAt <= RESEAL_MS) {
      start(known, 'request', () => handOverRequest(ctx, contact, known))
      return false
    }
    if (known !== undefined) {
      box.unsaved.delete(known.id)
      await ctx.db.write(['mail'], () => dropMail(ctx.db, [known.id]))
    }
    const row = await sealFirst(ctx, waiting.chat, contact, waiting.rows)
    if (row === undefined) putOff(ctx, line, 'their document is not known yet')
    else box.unsaved.set(row.id, row)
    return true
  }

  const hurryAll = (chat: ChatId, devices?: ReadonlySet<string>): void => {
    for (const [key, line] of ctx.lines.ofChat(chat)) {
      if (devices === undefined || key === 'request' || devices.has(key)) hurry(line)
    }
    wake(chat)
  }
  const chatsToWake = (): readonly ChatId[] => [...new Set([...chatsWithWork(ctx.db), ...chatsWithMail(ctx.db)])]
  const wakeAll = (): void => {
    for (const chat of chatsToWake()) hurryAll(chat)
  }
  const wakeFor = (appeared: ReadonlySet<DeviceId>): void => {
    for (const id of chatsToWake()) {
      const chat = ctx.db.memory.chats.get(id)
      const isFor =
        chat !== undefined &&
        (peersOf(ctx, chat).some(({ device }) => appeared.has(device)) ||
          [...ctx.lines.ofChat(id).keys()].some((key) => key !== 'request' && appeared.has(key)))
      if (isFor) hurryAll(id, appeared)
    }
  }
  const unfollow = ctx.net.onReachability(followReachability(ctx, wakeFor, wakeAll))

  return {
    wake,
    hurry: hurryAll,
    wakeAll,
    stop: () => {
      unfollow()
      for (const timer of timers.values()) timer.abort()
    }
  }
}

/** A device appears: what is for it goes at once. We are back ourselves: everything does. */
const followReachability = (
  ctx: Context,
  wakeFor: (appeared: ReadonlySet<DeviceId>) => void,
  wakeAll: () => void
): ((now: Reachability) => void) => {
  let before = ctx.net.reachability()
  return (now) => {
    const appeared = [...now.devices.keys()].filter((device) => !before.devices.has(device))
    const isBack = now.state === 'connected' && before.state !== 'connected'
    before = now
    if (ctx.own === undefined || ctx.stopping.signal.aborted) return
    if (isBack) wakeAll()
    else if (appeared.length > 0) wakeFor(new Set(appeared))
  }
}

/**
 * DL2: what nobody took in its time is shown as failed; in a group only when nobody at all has it, the others repair (LG7).
 */
const giveUpOld = async (ctx: Context, { chat, rows, mail, mostHeld }: Waiting): Promise<boolean> => {
  const now = ctx.clock.now()
  const over = rows.filter(({ endsAt }) => endsAt <= now)
  const ids = new Set(over.map(({ id }) => id))
  const oldMail = mail.filter(
    (row) =>
      row.sealedAt + MAIL_TTL_MS <= now || (row.eventIds.length > 0 && row.eventIds.every((event) => ids.has(event)))
  )
  if (over.length === 0 && oldMail.length === 0) return false
  const isHeld = ({ counter }: OutboxRow): boolean => chat.kind === 'group' && counter <= mostHeld
  const failed = over.filter((row) => !isHeld(row))
  await ctx.db.write(['outbox', 'messages', 'chats', 'mail'], async (change) => {
    await ctx.db.tables.outbox.bulkDelete(over.filter(isHeld).map(({ id }) => id))
    await dropMail(
      ctx.db,
      oldMail.map(({ id }) => id)
    )
    if (failed.length > 0) await failEvents(ctx.db, change, failed)
    change.outbox.add(chat.id)
  })
  // what was owed with it is owed no more: those who come after so long get it by other ways
  if (oldMail.some(({ kind }) => kind !== 'request' || chat.kind === 'group')) {
    await updateChat(ctx.db, chat.id, ({ debts }) => {
      const { head: _, receipt: __, ...rest } = debts
      return chat.kind === 'group' ? { debts: {} } : { debts: rest }
    })
  }
  if (failed.length > 0) ctx.log.warn('outbox.gave-up', { events: failed.length })
  return true
}

/** MB4: what has waited for so long is taken by nobody. */
const MAIL_TTL_MS = 30 * 24 * 3600 * 1000
