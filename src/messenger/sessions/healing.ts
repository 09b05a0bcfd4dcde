/**
 * ML5: splits that nobody has noticed. What a device sends stays unreadable although everybody was asked for commits: then two
 * people found a new session, and in a group the junior of the two is taken in again where the senior is. Nobody is told.
 */
import { bytesToBase64url } from '../../base/bytes.ts'
import type { Suite } from '../../crypto/suite.ts'
import type { ChatId, DeviceId, Did } from '../../model/ids.ts'
import type { ChatRecord, SessionRow } from '../../store/rows.ts'
import { largeEnvelope } from '../../wire/envelope.ts'
import { ask } from '../ask/ask.ts'
import type { Context, Own } from '../context.ts'
import { ownerOf } from '../peers.ts'
import { inSession, sessionFor } from './carrier.ts'
import { keyPackageOf, KEY_TABLES, takeKeys } from './keys.ts'
import { lawOf } from './law.ts'
import { putPlea } from './openings.ts'
import { currentRow, SESSION_TABLES, writeSession } from './state.ts'

/** Commits come within seconds of what stands on them; asking takes as long. */
const PATIENCE_MS = 45_000
const AGAIN_MS = 10 * 60_000

export interface Healing {
  /** Something of this device was not ready. Answers when to look whether it still is. */
  suspect(chat: ChatId, device: DeviceId): number
  /** Looks, and does what is needed. True: something was done, or is to be done by upkeep. */
  look(own: Own, chat: ChatId): Promise<boolean>
  /** Two people who cannot read each other: their session is to be replaced. */
  readonly broken: Set<ChatId>
}

export const createHealing = (ctx: Context): Healing => {
  const since = new Map<ChatId, Map<DeviceId, number>>()
  const healedAt = new Map<string, number>()
  const broken = new Set<ChatId>()

  /** In the session that is written now; what waits for an older one comes again in this one. */
  const stillWaits = (chat: ChatId, device: DeviceId, { tag }: SessionRow): boolean =>
    [...ctx.db.memory.waiting.values()].some(
      (row) =>
        row.chat === chat && row.from === device && bytesToBase64url(largeEnvelope.decode(row.envelope).route) === tag
    )

  return {
    broken,
    suspect: (chat, device) => {
      const devices = since.get(chat) ?? new Map<DeviceId, number>()
      since.set(chat, devices)
      const at = devices.get(device) ?? ctx.clock.now()
      devices.set(device, at)
      return Math.max(1000, at + PATIENCE_MS - ctx.clock.now())
    },
    look: async (own, id) => {
      const now = ctx.clock.now()
      const chat = ctx.db.memory.chats.get(id)
      const session = chat && sessionFor(ctx, own, chat)
      let isDone = false
      for (const [device, at] of since.get(id) ?? []) {
        if (chat === undefined || session === undefined || !stillWaits(id, device, session)) {
          since.get(id)?.delete(device)
          if (now - at >= PATIENCE_MS) await forget(ctx, id, device)
        } else if (now - at >= PATIENCE_MS) {
          const key = `${id} ${device}`
          if (now - (healedAt.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) continue
          healedAt.set(key, now)
          since.get(id)?.delete(device)
          ctx.log.info('sessions.healing', { kind: chat.kind })
          if (chat.kind === 'direct') broken.add(id)
          else await healGroup(ctx, own, { chat, session, device })
          await forget(ctx, id, device)
          isDone = true
        }
      }
      return isDone
    }
  }
}

/** Its sender seals it again where it can be read. */
const forget = async (ctx: Context, chat: ChatId, device: DeviceId): Promise<void> => {
  const ids = [...ctx.db.memory.waiting.values()].filter((row) => row.chat === chat && row.from === device)
  await ctx.db.write(['waiting'], () => ctx.db.tables.waiting.bulkDelete(ids.map(({ id }) => id)))
}

const healGroup = async (
  ctx: Context,
  own: Own,
  { chat, session, device }: { readonly chat: ChatRecord; readonly session: SessionRow; readonly device: DeviceId }
): Promise<void> => {
  const suite = own.suites.get(session.suite)
  const owner = ownerOf(ctx, device)
  if (suite?.epochs === undefined || owner === undefined) return
  if (isSenior(ctx, own, chat, owner.did)) await takeInAgain(ctx, { session, suite, device, did: owner.did })
  else await pleadTo(ctx, session, device)
}

/** Whose branch counts where ML3 cannot say: that of the more senior of two members. */
export const isSenior = (ctx: Context, own: Own, chat: ChatRecord, other: Did): boolean => {
  const { rankOf } = lawOf(ctx, own, chat)
  const [mine, theirs] = [rankOf(own.did), rankOf(other)]
  return mine === theirs ? own.did < other : mine < theirs
}

const pleadTo = async (ctx: Context, session: SessionRow, device: DeviceId): Promise<void> => {
  await inSession(ctx, session.chat, () =>
    ctx.db.write(SESSION_TABLES, async () => {
      const before = currentRow(ctx, session)
      if (before?.mls === undefined) return
      const row = { ...before, mls: { ...before.mls, pleadedAt: ctx.clock.now() } }
      await writeSession(ctx, { before, row, from: undefined, state: undefined })
      await putPlea(ctx, row, [device])
    })
  )
  ctx.wake(session.chat)
}

/** As if it had asked for it. */
const takeInAgain = async (
  ctx: Context,
  given: { readonly session: SessionRow; readonly suite: Suite; readonly device: DeviceId; readonly did: Did }
): Promise<void> => {
  const { session, suite, device, did } = given
  const keyPackage = (await askFresh(ctx, suite.id, device)) ?? (await keyPackageOf(ctx, suite, { did, device }))
  if (keyPackage === undefined) return
  await inSession(ctx, session.chat, () =>
    ctx.db.write(SESSION_TABLES, async () => {
      const before = currentRow(ctx, session)
      if (before?.mls === undefined) return
      const others = (before.mls.pleas ?? []).filter((one) => one.device !== device)
      const pleas = [...others, { device, keyPackage, at: ctx.clock.now() }]
      await writeSession(ctx, {
        before,
        row: { ...before, mls: { ...before.mls, pleas } },
        from: undefined,
        state: undefined
      })
    })
  )
  ctx.reconcile(session.chat)
}

const askFresh = async (ctx: Context, suite: string, device: DeviceId): Promise<Uint8Array | undefined> => {
  const asked = await ask(ctx, { device, homes: ownerOf(ctx, device)?.homes ?? [] }, 'keyPackage', { suite })
  const keyPackage = asked.outcome === 'answered' ? asked.reply.keyPackage : undefined
  if (keyPackage !== undefined) await ctx.db.write(KEY_TABLES, () => takeKeys(ctx, device, [{ suite, keyPackage }]))
  return keyPackage
}
