/**
 * The sessions of all chats, kept in step with who belongs in them: asked after every change of roster, devices, documents or
 * key packages, and by themselves when something is due. Enters what it takes and answers into the context.
 */
import { base64urlToBytes, bytesToBase64url } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import type { ChatId, DeviceId } from '../../model/ids.ts'
import { putMail } from '../../store/mail.ts'
import { eraseSession, hasState } from '../../store/sessions.ts'
import { ASK_REPLY_ROOM } from '../../wire/ask.ts'
import type { Asker } from '../ask/answerers.ts'
import { ask } from '../ask/ask.ts'
import { inBackground } from '../context.ts'
import type { Context, Own } from '../context.ts'
import type { Arrived } from '../net.ts'
import { ownerOf, peersOf } from '../peers.ts'
import { epochsOf } from './branch.ts'
import { inSession, sessionFor } from './carrier.ts'
import { commitsSince, emptyMail } from './commits.ts'
import { applyCommit, receiveCommit, receiveOpening } from './handshakes.ts'
import { createHealing } from './healing.ts'
import { freshKeyPackage } from './keys.ts'
import { currentRow, forgetState, loadState, SESSION_TABLES, writeSession } from './state.ts'
import { upkeep } from './upkeep.ts'
import type { Upkeep } from './upkeep-notes.ts'
import { retryWaiting } from './waiting.ts'

const DAY_MS = 24 * 3600 * 1000
/** LG0. */
const READ_MS = 30 * DAY_MS
/** A Welcome is of use as long as the key package that it was made for. */
const WELCOME_MS = 31 * DAY_MS
/** Of one chat, from whoever is ahead of us. */
const ASK_AGAIN_MS = 30_000

export interface Sessions {
  start(): Promise<void>
  stop(): void
}

/** `take`: takes an envelope as if it had just arrived. */
export const createSessions = (ctx: Context, take: (arrived: Arrived) => Promise<unknown>): Sessions => {
  const healing = createHealing(ctx)
  const keep: Upkeep = {
    since: new Map(),
    askedAt: new Map(),
    eager: new Set(),
    openedAt: new Map(),
    broken: healing.broken
  }
  const wanted = new Set<ChatId>()
  const running = new Set<ChatId>()
  const timers = new Map<string, AbortController>()
  const askedAt = new Map<ChatId, number>()

  const later = (key: string, ms: number, job: () => void): void => {
    timers.get(key)?.abort()
    const timer = new AbortController()
    timers.set(key, timer)
    ctx.clock.sleep(ms, timer.signal).then(job, () => {})
  }

  const reconcile = (chat: ChatId): void => {
    if (ctx.stopping.signal.aborted) return
    wanted.add(chat)
    if (running.has(chat)) return
    running.add(chat)
    inBackground(ctx, 'sessions.upkeep-failed', async () => {
      try {
        while (wanted.delete(chat)) {
          const { own } = ctx
          if (own === undefined || ctx.stopping.signal.aborted) return
          timers.get(chat)?.abort()
          const waitMs = await upkeep(ctx, own, keep, chat)
          if (waitMs === 0) wanted.add(chat)
          else if (waitMs !== undefined) later(chat, Math.min(waitMs, DAY_MS), () => reconcile(chat))
        }
      } catch (error) {
        later(chat, ASK_AGAIN_MS, () => reconcile(chat))
        throw error
      } finally {
        running.delete(chat)
      }
    })
  }

  ctx.reconcile = reconcile
  ctx.moved = (chat) => {
    ctx.hurry(chat)
    retryWaiting(ctx, take)
    reconcile(chat)
  }
  const lookLater = (chat: ChatId, ms: number): void =>
    later(`heal ${chat}`, ms, () =>
      inBackground(ctx, 'sessions.heal-failed', async () => {
        if (ctx.own !== undefined && (await healing.look(ctx.own, chat))) reconcile(chat)
      })
    )
  ctx.missing = (chat, device) => {
    const now = ctx.clock.now()
    lookLater(chat, healing.suspect(chat, device))
    if (now - (askedAt.get(chat) ?? Number.NEGATIVE_INFINITY) < ASK_AGAIN_MS) return
    askedAt.set(chat, now)
    inBackground(ctx, 'sessions.ask-failed', async () => {
      await askForCommits(ctx, chat, device)
      retryWaiting(ctx, take)
    })
  }
  ctx.handlers.commit = (own, arrived, envelope) => receiveCommit(ctx, own, arrived, envelope)
  ctx.handlers.opening = (own, arrived, { sealed }) => receiveOpening(ctx, own, arrived, sealed)
  ctx.answerers.keyPackage = async (_, { suite }) => {
    if (ctx.own === undefined) return undefined
    return { keyPackage: await freshKeyPackage(ctx, ctx.own, suite) }
  }
  ctx.answerers.commits = (asker, question) => answerCommits(ctx, asker, question)

  const sweepDaily = (): void => {
    inBackground(ctx, 'sessions.sweep-failed', () => sweep(ctx))
    later('sweep', DAY_MS, sweepDaily)
  }
  ctx.foundSoon = (chat) => {
    keep.eager.add(chat)
    reconcile(chat)
  }
  return {
    start: async () => {
      await dropHalves(ctx)
      for (const { id, kind } of ctx.db.memory.chats.values()) if (kind !== 'self') reconcile(id)
      retryWaiting(ctx, take)
      later('sweep', DAY_MS, sweepDaily)
    },
    stop: () => {
      for (const timer of timers.values()) timer.abort()
    }
  }
}

/** A state that is not whole any more is none. */
const dropHalves = async (ctx: Context): Promise<void> => {
  for (const session of ctx.db.memory.sessions.values()) {
    if (session.rev === undefined || (await hasState(ctx.db, session.group))) continue
    ctx.log.warn('sessions.state-lost')
    await inSession(ctx, session.chat, () =>
      ctx.db.write(SESSION_TABLES, async () => {
        const { rev: _, ...row } = session
        await ctx.db.tables.sessions.put(row)
      })
    )
    forgetState(ctx, session.group)
  }
}

const sweep = async (ctx: Context): Promise<void> => {
  const { own } = ctx
  if (own === undefined) return
  for (const { group, chat } of ctx.db.memory.sessions.values()) {
    await inSession(ctx, chat, () => sweepOne(ctx, own, group))
  }
}

const sweepOne = async (ctx: Context, own: Own, group: string): Promise<void> => {
  const session = currentRow(ctx, { group })
  if (session === undefined) return
  const now = ctx.clock.now()
  if (session.replacedAt !== undefined && now - session.replacedAt > READ_MS) {
    await ctx.db.write(SESSION_TABLES, () => eraseSession(ctx.db, session))
    forgetState(ctx, group)
    return
  }
  const suite = own.suites.get(session.suite)
  const state = await loadState(ctx, session)
  if (suite?.epochs === undefined || state === undefined || session.mls === undefined) return
  const swept = epochsOf(suite).sweep(state)
  const old = session.mls.welcomes.filter(({ at }) => now - at > WELCOME_MS)
  if (swept === state && old.length === 0) return
  if (swept instanceof Uint8Array) throw new AppError('internal', 'a state in one piece')
  const welcomes = session.mls.welcomes.filter((one) => !old.includes(one))
  const take = old.flatMap(({ epoch: id }) => [
    { kind: 'welcome' as const, id },
    { kind: 'opening-tree' as const, id }
  ])
  const row = { ...session, mls: { ...session.mls, welcomes } }
  await ctx.db.write(SESSION_TABLES, () => writeSession(ctx, { before: session, row, from: state, state: swept, take }))
}

/** ML3: whoever is ahead of us hands on what led there; else some others do. */
const askForCommits = async (ctx: Context, id: ChatId, device: DeviceId): Promise<void> => {
  const { own } = ctx
  const chat = ctx.db.memory.chats.get(id)
  const session = own && chat && sessionFor(ctx, own, chat)
  const suite = session && own?.suites.get(session.suite)
  if (own === undefined || chat === undefined || session === undefined || suite?.epochs === undefined) return
  const state = await loadState(ctx, session)
  if (state === undefined) return
  const others = peersOf(ctx, chat).map((peer) => peer.device)
  const [oldest] = suite.epochs.known(state)
  const group = base64urlToBytes(session.group)
  for (const one of [...new Set([device, ...others])].slice(0, 4)) {
    const asked = await ask(ctx, { device: one, homes: ownerOf(ctx, one)?.homes ?? [] }, 'commits', {
      group,
      epoch: oldest?.number ?? 0
    })
    if (asked.outcome !== 'answered') continue
    for (const commit of asked.reply.commits) await applyQuietly(ctx, own, { session, commit })
    if (asked.reply.commits.length > 0) return
  }
}

/** Whatever does not fit is as if nobody had said it. */
const applyQuietly = async (
  ctx: Context,
  own: Own,
  { session, commit }: { readonly session: Parameters<typeof applyCommit>[2]; readonly commit: Uint8Array }
): Promise<void> => {
  try {
    await applyCommit(ctx, own, session, commit)
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'internal') throw error
  }
}

/** To those in the session, or in it before: a commit is sealed, and whoever was removed by it cannot read beyond. */
const answerCommits = async (
  ctx: Context,
  { device }: Asker,
  { group: wanted, epoch }: { readonly group: Uint8Array; readonly epoch: number }
): Promise<
  { readonly commits: readonly Uint8Array[]; readonly isCut: boolean; readonly isMailed?: boolean } | undefined
> => {
  const session = ctx.db.memory.sessions.get(bytesToBase64url(wanted))
  const chat = session && ctx.db.memory.chats.get(session.chat)
  if (session === undefined || chat === undefined) return undefined
  if (!peersOf(ctx, chat).some((peer) => peer.device === device)) return undefined
  const { group } = session
  const all = await commitsSince(ctx, session.chat, { group, epoch })
  const small = all.filter(({ length }) => length <= ASK_REPLY_ROOM)
  let room = ASK_REPLY_ROOM
  const commits: Uint8Array[] = []
  for (const commit of small) {
    room -= commit.length + 8
    if (room < 0 || commits.length === 64) break
    commits.push(commit)
  }
  const large = all.filter(({ length }) => length > ASK_REPLY_ROOM)
  if (large.length > 0) {
    await ctx.db.write(['mail'], async () => {
      for (const sealed of large) {
        await putMail(ctx.db, [{ ...emptyMail(ctx, session), kind: 'commit', sealed, devices: [device] }])
      }
    })
    ctx.wake(session.chat)
  }
  return { commits, isCut: commits.length < small.length, ...(large.length > 0 && { isMailed: true }) }
}
