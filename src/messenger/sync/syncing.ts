/**
 * LG7: when members compare what they hold. At once when something is seen to be missing (kept aside, joined, restored),
 * and when a member's device appears that was not asked for a while. One run a chat; bounded; whoever gave a bad row is not
 * asked again for a day.
 */
import type { ChatId, DeviceId } from '../../model/ids.ts'
import { getRecord, setRecord } from '../../store/records.ts'
import type { ChatRecord } from '../../store/rows.ts'
import { createSyncAnswers } from './answer.ts'
import { createBodies } from './bodies.ts'
import type { Bodies } from './bodies.ts'
import { inBackground } from '../context.ts'
import type { Context } from '../context.ts'
import { peersOf, rosterOf } from '../peers.ts'
import type { Peer } from '../peers.ts'
import { repair } from './repair.ts'
import type { Repaired } from './repair.ts'

const DAY_MS = 24 * 3600 * 1000
/** LG7: how far back members compare by default; what is older is asked for by name. */
export const WINDOW_MS = 90 * DAY_MS
/** Mail under way fills most gaps by itself. */
const NOTICE_MS = 500
/** A member that comes and goes is compared with this often; between two people the outbox does nearly all of it. */
const AGAIN_MS = { group: 10 * 60_000, direct: 6 * 3600_000 } as const
const DISTRUST_MS = DAY_MS
const RETRY_MS = [30_000, 2 * 60_000, 10 * 60_000, 3600_000] as const
const MAX_PEERS = 3
/** Each fetches some thousand events: a long history comes in one go, and an endless one does not. */
const MAX_RUNS = 32

export interface Syncing {
  /** Something of this chat is missing here. */
  notice(chat: ChatId): void
  start(): void
  stop(): void
}

interface Task {
  /** Ask first. */
  readonly peers: Set<DeviceId>
  isGap: boolean
  attempts: number
  timer: AbortController | undefined
  isRunning: boolean
  readonly bodies: Bodies
}

const recordOf = (chat: ChatId): string => `sync:${chat}`

export const createSyncing = (ctx: Context): Syncing => {
  const tasks = new Map<ChatId, Task>()
  const comparedAt = new Map<string, number>()
  const distrustedUntil = new Map<DeviceId, number>()
  const answers = createSyncAnswers(ctx)
  ctx.answerers.reconcile = answers.reconcile
  ctx.answerers.events = answers.events

  const taskOf = (chat: ChatId): Task => {
    const known = tasks.get(chat)
    if (known !== undefined) return known
    const task: Task = {
      peers: new Set(),
      isGap: false,
      attempts: 0,
      timer: undefined,
      isRunning: false,
      bodies: createBodies()
    }
    tasks.set(chat, task)
    return task
  }

  const later = (chat: ChatId, ms: number): void => {
    const task = taskOf(chat)
    task.timer?.abort()
    const timer = new AbortController()
    task.timer = timer
    ctx.clock.sleep(ms, timer.signal).then(
      () => inBackground(ctx, 'sync.failed', () => runOnce(chat, task)),
      () => {}
    )
  }

  const runOnce = async (chat: ChatId, task: Task): Promise<void> => {
    if (task.isRunning || ctx.own === undefined || ctx.stopping.signal.aborted) return
    task.isRunning = true
    const wasGap = task.isGap
    const first = [...task.peers]
    task.isGap = false
    task.peers.clear()
    let left: Left = 'nothing'
    try {
      left = await run(chat, first, wasGap)
    } finally {
      task.isRunning = false
      if (task.isGap || task.peers.size > 0) later(chat, NOTICE_MS)
      else if (left === 'nothing') tasks.delete(chat)
      else {
        task.isGap = task.isGap || wasGap
        const wait = RETRY_MS[Math.min(task.attempts++, RETRY_MS.length - 1)] ?? DAY_MS
        later(chat, Math.round(wait * (0.75 + ctx.random.fraction() / 2)))
      }
    }
  }

  /** `nothing`: done, or nobody to ask. */
  type Left = 'nothing' | 'some'
  const run = async (id: ChatId, first: readonly DeviceId[], isGap: boolean): Promise<Left> => {
    const chat = ctx.db.memory.chats.get(id)
    if (chat === undefined) return 'nothing'
    const { devices: connected } = ctx.net.reachability()
    const now = ctx.clock.now()
    const able = candidates(chat).filter(({ device }) => (distrustedUntil.get(device) ?? 0) <= now)
    const rank = ({ device }: Peer): number => (first.includes(device) ? 0 : connected.has(device) ? 1 : 2)
    // without a gap nobody is dialled: who appeared is there
    const { bodies, peers } = taskOf(id)
    const useful = able
      .filter((peer) => isGap || rank(peer) === 0 || bodies.wanted(peer.did).length > 0)
      .toSorted((a, b) => rank(a) - rank(b))
    let left: Left = isGap && useful.length === 0 ? 'some' : 'nothing'
    for (const [index, peer] of useful.entries()) {
      if (index >= MAX_PEERS) {
        // the others have their turn in the next run
        if (rank(peer) === 0) peers.add(peer.device)
        continue
      }
      const outcome = await compareWith(chat, peer)
      ctx.log.debug('sync.compared', { outcome })
      if (outcome === 'whole') left = 'nothing'
      if (outcome === 'whole' && isGap && first.length === 0) break
      if (outcome === 'bad') distrustedUntil.set(peer.device, ctx.clock.now() + DISTRUST_MS)
      if (outcome !== 'whole' && (isGap || outcome !== 'away')) left = 'some'
    }
    if (able.some(({ did }) => bodies.wanted(did).length > 0)) return 'some'
    return left
  }

  const compareWith = async (chat: ChatRecord, peer: Peer): Promise<Repaired> => {
    const isFirst = await wantsAll(chat)
    const since = isFirst ? 0 : Math.max(0, ctx.clock.now() - WINDOW_MS)
    let outcome: Repaired = 'more'
    for (let runs = 0; outcome === 'more' && runs < MAX_RUNS; runs++) {
      outcome = await repair(ctx, chat.id, peer, { since, bodies: taskOf(chat.id).bodies })
    }
    if (outcome === 'whole') {
      comparedAt.set(`${chat.id} ${peer.device}`, ctx.clock.now())
      if (isFirst) await setRecord(ctx.db, recordOf(chat.id), true)
    }
    return outcome
  }

  /** A group that gives newcomers everything gives it once. */
  const wantsAll = async (chat: ChatRecord): Promise<boolean> => {
    const roster = chat.kind === 'group' ? rosterOf(ctx, chat.id) : undefined
    const me = ctx.own && roster?.members.get(ctx.own.did)
    if (roster?.policies.history !== 'all' || me === undefined || me.joined === roster.root) return false
    return (await getRecord(ctx.db, recordOf(chat.id))) !== true
  }

  /** Those who may know that we are here. */
  const candidates = (chat: ChatRecord): readonly Peer[] =>
    peersOf(ctx, chat).filter(({ did }) => {
      const contact = ctx.db.memory.contacts.get(did)
      return contact?.blocked === false && (contact.standing === 'open' || contact.standing === 'member')
    })

  const appear = (devices: readonly DeviceId[]): void => {
    const now = ctx.clock.now()
    for (const chat of ctx.db.memory.chats.values()) {
      if (chat.kind === 'self') continue
      for (const { device } of candidates(chat)) {
        if (!devices.includes(device)) continue
        const last = comparedAt.get(`${chat.id} ${device}`)
        if (last !== undefined && now - last < AGAIN_MS[chat.kind] && !taskOf(chat.id).isGap) continue
        const task = taskOf(chat.id)
        task.peers.add(device)
        task.attempts = 0
        if (!task.isRunning) later(chat.id, NOTICE_MS)
      }
    }
  }

  let before: ReadonlySet<DeviceId> = new Set()
  const unfollow = ctx.net.onReachability(({ devices }) => {
    const appeared = [...devices.keys()].filter((device) => !before.has(device))
    before = new Set(devices.keys())
    if (ctx.own !== undefined && appeared.length > 0 && !ctx.stopping.signal.aborted) appear(appeared)
  })

  const notice = (chat: ChatId): void => {
    const task = taskOf(chat)
    task.isGap = true
    task.attempts = 0
    if (!task.isRunning) later(chat, NOTICE_MS)
  }

  return {
    notice,
    start: () => {
      for (const chat of new Set([...ctx.db.memory.aside.values()].map((row) => row.chat))) notice(chat)
      appear([...ctx.net.reachability().devices.keys()])
    },
    stop: () => {
      unfollow()
      for (const { timer } of tasks.values()) timer?.abort()
    }
  }
}
