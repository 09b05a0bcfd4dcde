/** Verifying events that somebody handed us, before anything is written (LG4): good, or the whole batch is bad. */
import { bytesToBase64url } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { verifyEvent } from '../crypto/event.ts'
import type { VerifiedEvent } from '../crypto/event.ts'
import type { ChatId, DeviceId, Did } from '../model/ids.ts'
import { asideOf } from '../store/aside.ts'
import type { NewEvent } from '../store/log.ts'
import type { AsideRow } from '../store/rows.ts'
import type { Context } from './context.ts'
import { toNewEvent, toWire } from './events.ts'

/** Beyond this a clock is not wrong but lying; the order key could not hold it. */
const MAX_TIME = 36 ** 10

/**
 * All events of a batch, verified. LG1: who hands them over proves nothing, who signed does.
 * @throws AppError `malformed`, `too-large` or `untrusted` when one is bad.
 */
export const verifyBatch = async (
  events: readonly Uint8Array[],
  { chat, authors }: { readonly chat: ChatId; readonly authors: readonly Did[] }
): Promise<readonly VerifiedEvent[]> =>
  await Promise.all(
    events.map(async (bytes) => {
      const event = await verifyEvent(bytes)
      if (bytesToBase64url(event.conversation) !== chat)
        throw new AppError('untrusted', 'an event of another conversation')
      if (!authors.includes(event.author)) throw new AppError('untrusted', 'an event of somebody else')
      if (event.time > MAX_TIME) throw new AppError('malformed', 'an event from beyond time')
      return event
    })
  )

export interface Sorted {
  readonly good: readonly NewEvent[]
  /** LG4: by a device that is not known yet. */
  readonly unknown: readonly NewEvent[]
}

/** Devices that may speak for the contact; our own events come back only as duplicates, so those are left out. */
export const sortByDevice = (ctx: Context, events: readonly VerifiedEvent[], devices: readonly DeviceId[]): Sorted => {
  const foreign = events.filter(({ author }) => author !== ctx.own?.did).map(toNewEvent)
  return {
    good: foreign.filter(({ device }) => devices.includes(device)),
    unknown: foreign.filter(({ device }) => !devices.includes(device))
  }
}

export const toAsideRow = (chat: ChatId, event: NewEvent, now: number): AsideRow => ({
  id: event.id,
  chat,
  arrivedAt: now,
  event: toWire(event)
})

/** What waited for something that may have come now. What does not verify any more is dropped. */
export const loadAside = async (ctx: Context, chat: ChatId): Promise<readonly VerifiedEvent[]> => {
  const rows = asideOf(ctx.db, chat)
  const events = await Promise.all(
    rows.map(({ event }) =>
      verifyEvent(event).catch((error: unknown) => {
        if (error instanceof AppError) return undefined
        throw error
      })
    )
  )
  return events.filter((event) => event !== undefined)
}
