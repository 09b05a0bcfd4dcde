/**
 * LG4: events that another member handed over, through the same door as mail: verified, applied in memory, written in one
 * transaction. What nobody asked for, or a single bad row, throws the whole answer away.
 */
import { AppError } from '../../base/errors.ts'
import type { VerifiedEvent } from '../../crypto/event.ts'
import type { ChatId, DeviceId } from '../../model/ids.ts'
import { dropAside, putAside } from '../../store/aside.ts'
import { knownChat } from '../../store/chats.ts'
import { applyEvents } from '../../store/log.ts'
import type { Applied } from '../../store/log.ts'
import type { Context, Own } from '../context.ts'
import { loadAside, sortByDevice, toAsideRow, verifyBatch } from '../incoming.ts'
import type { Sorted } from '../incoming.ts'
import { peopleOf } from '../peers.ts'

export interface Handed {
  readonly chat: ChatId
  readonly events: readonly Uint8Array[]
  /** Whether it was asked for. */
  readonly isAsked: (event: VerifiedEvent) => boolean
}

export interface Taken {
  readonly fresh: number
  readonly kept: number
}

const TAKING = ['chats', 'events', 'messages', 'aside'] as const

/** @throws AppError `untrusted`, `malformed`, `too-large` or `needs-newer`: nothing of it was taken. */
export const takeEvents = (ctx: Context, own: Own, handed: Handed): Promise<Taken> =>
  ctx.receiving.run(handed.chat, () => take(ctx, own, handed))

const take = async (ctx: Context, own: Own, { chat, events, isAsked }: Handed): Promise<Taken> => {
  const people = peopleOf(ctx, knownChat(ctx.db, chat))
  const devices = people.flatMap((contact) => contact.devices.map(({ device }): DeviceId => device))
  const authors = [...people.map(({ did }) => did), own.did]
  const verified = await verifyBatch(events, { chat, authors })
  if (!verified.every(isAsked)) throw new AppError('untrusted', 'an event that nobody asked for')
  const fresh = sortByDevice(ctx, verified, devices)
  const waiting = sortByDevice(ctx, await loadAside(ctx, chat), devices)
  const write = (aside: Sorted): Promise<Taken> =>
    ctx.db.write(TAKING, async (change) => {
      const now = ctx.clock.now()
      const all = [...fresh.good, ...aside.good]
      const before = knownChat(ctx.db, chat)
      const applied: Applied = await applyEvents(ctx.db, change, { chat: before, events: all, own: own.did, now })
      const kept = [...applied.notYet, ...fresh.unknown]
      if (kept.length > 0) {
        await putAside(
          ctx.db,
          chat,
          kept.map((event) => toAsideRow(chat, event, now))
        )
      }
      const still = new Set(applied.notYet.map(({ id }) => id))
      await dropAside(
        ctx.db,
        aside.good.map(({ id }) => id).filter((id) => !still.has(id))
      )
      return { fresh: applied.fresh.length, kept: kept.length }
    })
  return await write(waiting).catch(async (error: unknown) => {
    // a row that waited must not spoil a batch that came after it
    if (waiting.good.length === 0 || !(error instanceof AppError) || error.code !== 'untrusted') throw error
    const ids = waiting.good.map(({ id }) => id)
    await ctx.db.write(['aside'], () => dropAside(ctx.db, ids))
    return await write({ good: [], unknown: [] })
  })
}
