/**
 * The guarantee: an event leaves the outbox only when every device of the contact holds it (DL2, DL3) or its time is up.
 * One parcel a chat at a time, in order. Look at what waits, seal it with no transaction open, deliver, write what was said;
 * what was not taken keeps its bytes and goes again. What waits meanwhile shares the next parcel.
 */
import { AppError } from '../base/errors.ts'
import type { ChatId, DeviceId } from '../model/ids.ts'
import { knownSessions, sessionToWrite, updateChat } from '../store/chats.ts'
import { contactOf, getContact } from '../store/contacts.ts'
import {
  chatsWithWork,
  dropParcel,
  failEvents,
  outboxOf,
  payDebts,
  putParcel,
  saveParcel,
  settleOutbox
} from '../store/outbox.ts'
import type { ChatRecord, ContactRow, OutboxRow, ParcelRow, SessionRow } from '../store/rows.ts'
import type { Context } from './context.ts'
import { deadline, inBackground } from './context.ts'
import type { DeliverResult, Reachability, Target } from './net.ts'
import { takeAnswer } from './receipts.ts'
import { sealParcel, toEnvelope } from './sealing.ts'
import type { SealedParcel } from './sealing.ts'

/** DL4: a dial has 3 s and one retry, then the answer needs the other's durable write. */
const DELIVER_MS = 20_000
const FIRST_WAIT_MS = 2000
/** Without presence nobody tells us that they are back: this is how long a message waits at most when they cannot find us. */
const LONGEST_WAIT_MS = 2 * 60_000
/** Nobody says no to a request that came through a home: their keys may be others by now, and after 30 days it is too old. */
const RESEAL_MS = 2 * 24 * 3600 * 1000

export interface Outbox {
  /** Something to send in this chat, now. */
  wake(chat: ChatId): void
  /** Everything that waits, now: after a start or when the connection is back. */
  wakeAll(): Promise<void>
  stop(): void
}

export const createOutbox = (ctx: Context): Outbox => {
  const running = new Set<ChatId>()
  const asked = new Set<ChatId>()
  const timers = new Map<ChatId, AbortController>()

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
          const waitMs = await pump(ctx, chat)
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

  /** At once, whatever the back-off says. */
  const hurry = async (chat: ChatId): Promise<void> => {
    await updateChat(ctx.db, chat, ({ nextTryAt }) => (nextTryAt === 0 ? undefined : { attempts: 0, nextTryAt: 0 }))
    wake(chat)
  }
  const wakeAll = async (): Promise<void> => {
    for (const chat of chatsWithWork(ctx.db)) await hurry(chat)
  }
  const unfollow = ctx.net.onReachability(followReachability(ctx, hurry, wakeAll))

  return {
    wake,
    wakeAll,
    stop: () => {
      unfollow()
      for (const timer of timers.values()) timer.abort()
    }
  }
}

/** A contact's device appears: its chat goes at once. We are back ourselves: everything does. */
const followReachability = (
  ctx: Context,
  hurry: (chat: ChatId) => Promise<void>,
  wakeAll: () => Promise<void>
): ((now: Reachability) => void) => {
  let before = ctx.net.reachability()
  return (now) => {
    const appeared = [...now.devices.keys()].filter((device) => !before.devices.has(device))
    const isBack = now.state === 'connected' && before.state !== 'connected'
    before = now
    if (ctx.own === undefined || ctx.stopping.signal.aborted) return
    if (isBack) inBackground(ctx, 'outbox.wake-failed', wakeAll)
    else if (appeared.length > 0) {
      inBackground(ctx, 'outbox.wake-failed', async () => {
        for (const chat of chatsWithWork(ctx.db)) {
          const contact = contactOf(ctx.db, chat)
          if (contact?.devices.some(({ device }) => appeared.includes(device))) await hurry(chat)
        }
      })
    }
  }
}

interface Waiting {
  readonly chat: ChatRecord
  readonly contact: ContactRow
  readonly rows: readonly OutboxRow[]
  readonly parcel: ParcelRow | undefined
  readonly session: SessionRow | undefined
}

/** Only what is committed: nothing leaves before it is on disk. */
const lookAtWaiting = ({ db }: Context, id: ChatId): Waiting | undefined => {
  const chat = db.memory.chats.get(id)
  const contact = chat && db.memory.contacts.get(chat.did)
  if (chat === undefined || contact === undefined || chat.kind === 'self') return undefined
  const session = sessionToWrite(knownSessions(db, id))
  return { chat, contact, rows: outboxOf(db, id), parcel: db.memory.parcels.get(id), session }
}

/** Before acceptance only a request goes out; to whom we have not accepted, or blocked, nothing does (IN3, IN5). */
const maySend = ({ chat, contact }: Waiting): boolean =>
  !contact.blocked &&
  (contact.standing === 'open' || (contact.standing === 'asked' && chat.debts.request !== undefined))

/** Sends until nothing waits. Answers how long to wait before the next try, or undefined when there is nothing to try. */
const pump = async (ctx: Context, id: ChatId): Promise<number | undefined> => {
  for (;;) {
    if (ctx.own === undefined || ctx.stopping.signal.aborted) return undefined
    const now = ctx.clock.now()
    const waiting = lookAtWaiting(ctx, id)
    if (waiting === undefined) return undefined
    const { chat, rows } = waiting

    if (await giveUpOld(ctx, rows, now)) continue
    const hasWork = rows.some(({ state }) => state !== 'failed') || Object.keys(chat.debts).length > 0
    if (!hasWork || !maySend(waiting)) return nextExpiry(rows, now)
    if (chat.nextTryAt > now) return chat.nextTryAt - now

    const sent = await sendOne(ctx, waiting)
    if (sent !== 'again') return sent
  }
}

const nextExpiry = (rows: readonly OutboxRow[], now: number): number | undefined => {
  const ends = rows.filter(({ state }) => state !== 'failed').map(({ endsAt }) => endsAt)
  return ends.length === 0 ? undefined : Math.max(0, Math.min(...ends) - now)
}

/** DL2: what nobody took in its time is shown as failed. */
const giveUpOld = async (ctx: Context, rows: readonly OutboxRow[], now: number): Promise<boolean> => {
  const over = rows.filter(({ state, endsAt }) => state !== 'failed' && endsAt <= now)
  if (over.length === 0) return false
  await ctx.db.write(['outbox', 'messages', 'chats', 'parcels'], async (change) => {
    await failEvents(ctx.db, change, over)
    await dropParcel(ctx.db, over[0]?.chat as ChatId)
  })
  ctx.log.warn('outbox.gave-up', { events: over.length })
  return true
}

const sendOne = async (ctx: Context, waiting: Waiting): Promise<'again' | number> => {
  const { chat, contact } = waiting
  let { parcel } = waiting
  // a request that waits cannot carry what an open chat says, and the other way round
  const kind = contact.standing === 'open' && chat.debts.request === undefined ? 'sealed' : 'request'
  if (parcel !== undefined && parcel.kind !== kind) parcel = undefined
  if (parcel?.kind === 'request' && ctx.clock.now() - parcel.sealedAt > RESEAL_MS) parcel = undefined
  let unsaved: SealedParcel | undefined
  if (parcel === undefined) {
    const sealed = await sealParcel(ctx, { ...waiting, kind })
    if (sealed === undefined) return await putOff(ctx, chat, 'their document is not known yet')
    parcel = sealed.parcel
    // suites with a ratchet must have their new state on disk before anything leaves (decision 0040)
    if (sealed.isStateful) await saveParcel(ctx.db, parcel, sealed.rows)
    else unsaved = sealed
  }
  const result = await deliver(ctx, contact, parcel)
  // what only a home says was taken keeps its bytes: the other device knows them again
  const isTaken = result.length > 0 && result.every((one) => one.device && one.result.outcome === 'delivered')
  // what somebody is still to take goes again with the same bytes
  if (unsaved !== undefined && !isTaken) await saveParcel(ctx.db, unsaved.parcel, unsaved.rows)
  return await concludeDelivery(ctx, waiting, parcel, result)
}

interface Delivered {
  readonly device: DeviceId | undefined
  readonly result: DeliverResult
}

/** To every device that has not taken it; the answers in the order of the devices. */
const deliver = async (ctx: Context, contact: ContactRow, parcel: ParcelRow): Promise<readonly Delivered[]> => {
  const { relayOnly } = ctx.settings
  const toDevices = parcel.devices.map((device): Target => ({ to: 'device', device, homes: contact.homes, relayOnly }))
  // first contact reaches whatever device is there, when the ones we know of do not answer (IN2)
  const toInbox: Target[] = parcel.kind === 'request' ? [{ to: 'inbox', did: contact.did, homes: contact.homes }] : []
  const { signal, done } = deadline(ctx, DELIVER_MS)
  const one = async (target: Target): Promise<Delivered> => {
    const device = target.to === 'device' ? target.device : undefined
    const bytes = toEnvelope(ctx, parcel, device)
    return { device, result: await ctx.work.outside(ctx.net.deliver(target, bytes, { signal }).catch(toUnreachable)) }
  }
  try {
    const direct = []
    for (const target of toDevices) direct.push(await one(target))
    if (direct.some(({ result }) => result.outcome === 'delivered')) return direct
    for (const target of toInbox) direct.push(await one(target))
    return direct
  } finally {
    done()
  }
}

const toUnreachable = (error: unknown): DeliverResult => ({
  outcome: 'unreachable',
  why: error instanceof AppError ? error.code : 'failed'
})

const concludeDelivery = async (
  ctx: Context,
  { chat, contact }: Waiting,
  parcel: ParcelRow,
  delivered: readonly Delivered[]
): Promise<'again' | number> => {
  const claimed = delivered.filter(({ result }) => result.outcome === 'delivered')
  const taken = claimed.filter(({ device }) => device !== undefined)
  const refused = delivered.find(({ result }) => result.outcome === 'refused')?.result
  if (taken.length > 0) {
    const upTo = await takeAnswers(ctx, contact, parcel, taken)
    // held aside there, or an answer without a receipt: seal again from what is missing, but not in a hurry
    if (parcel.kind === 'sealed' && upTo < parcel.upTo) return await putOff(ctx, chat, 'kept aside')
    if (taken.length === delivered.length || parcel.kind === 'request') return 'again'
  }
  if (refused?.outcome === 'refused') {
    await ctx.db.write(['parcels'], () => dropParcel(ctx.db, chat.id))
    ctx.refresh(contact.did)
    return await putOff(ctx, chat, refused.why)
  }
  // what a home says of a delivery is no receipt: their acceptance is, and until it comes the same bytes go again
  if (claimed.length > 0) {
    const now = await getContact(ctx.db, contact.did)
    return now?.standing === 'open' ? 'again' : await putOff(ctx, chat, 'no answer yet')
  }
  const missed = delivered.find(({ result }) => result.outcome === 'unreachable')?.result
  return await putOff(ctx, chat, missed?.outcome === 'unreachable' ? missed.why : 'no device is known')
}

/** Receipts of every device that answered, in one write together with the end of the parcel. Answers the lowest watermark. */
const takeAnswers = (
  ctx: Context,
  contact: ContactRow,
  parcel: ParcelRow,
  taken: readonly Delivered[]
): Promise<number> =>
  ctx.db.write(['chats', 'outbox', 'parcels', 'contacts'], async (change) => {
    const chat = ctx.db.memory.chats.get(parcel.chat)
    if (chat === undefined) return parcel.upTo
    let next: ChatRecord = { ...chat, attempts: 0, nextTryAt: 0, lastError: undefined }
    for (const { result } of taken) {
      if (result.outcome === 'delivered') next = takeAnswer(ctx, next, contact, result)
    }
    const done = new Set(taken.map(({ device }) => device))
    const left = parcel.devices.filter((device) => !done.has(device))
    const isDone = left.length === 0 || parcel.kind === 'request'
    if (isDone) {
      next = { ...next, debts: payDebts(next, parcel.debts), headSent: parcel.debts.head ?? next.headSent }
    }
    const [upTo] = await Promise.all([
      settleOutbox(ctx.db, change, next, contact),
      isDone ? dropParcel(ctx.db, parcel.chat) : putParcel(ctx.db, { ...parcel, devices: left })
    ])
    return upTo
  })

/** Back-off with jitter, so that those who lost the same relay do not come back in step. */
const putOff = async (ctx: Context, { id }: ChatRecord, why: string): Promise<number> => {
  let waitMs = 0
  await updateChat(ctx.db, id, ({ attempts }) => {
    const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts, 10))
    waitMs = Math.round(full * (0.5 + ctx.random.fraction() / 2))
    return { attempts: attempts + 1, nextTryAt: ctx.clock.now() + waitMs, lastError: why }
  })
  ctx.log.debug('outbox.waits', { ms: waitMs, why })
  return waitMs
}
