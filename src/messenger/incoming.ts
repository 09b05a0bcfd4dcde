/** Verifying events that somebody handed us, before anything is written (LG4): good, or the whole batch is bad. */
import { bytesToBase64url } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { chatIdOf, groupConversation } from '../crypto/conversation.ts'
import { verifyEvent } from '../crypto/event.ts'
import type { VerifiedEvent } from '../crypto/event.ts'
import type { ChatId, DeviceId, Did } from '../model/ids.ts'
import { asideOf } from '../store/aside.ts'
import type { NewEvent } from '../store/log.ts'
import type { AsideRow } from '../store/carried-rows.ts'
import type { ChatRecord } from '../store/rows.ts'
import type { Context } from './context.ts'
import { toNewEvent, toWire } from './events.ts'

/** Beyond this a clock is not wrong but lying; the order key could not hold it. */
const MAX_TIME = 36 ** 10

/**
 * All events of a batch, verified. LG1: who hands them over proves nothing, who signed does. `authors`: who may write here;
 * in a group the roster says so, later.
 * @throws AppError `malformed`, `too-large` or `untrusted` when one is bad.
 */
export const verifyBatch = async (
  events: readonly Uint8Array[],
  { chat, authors }: { readonly chat: ChatId; readonly authors: readonly Did[] | undefined }
): Promise<readonly VerifiedEvent[]> =>
  await Promise.all(
    events.map(async (bytes) => {
      const event = await verifyEvent(bytes)
      if (bytesToBase64url(event.conversation) !== chat)
        throw new AppError('untrusted', 'an event of another conversation')
      if (authors?.includes(event.author) === false) throw new AppError('untrusted', 'an event of somebody else')
      if (event.time > MAX_TIME) throw new AppError('malformed', 'an event from beyond time')
      if (event.kind === 'member') checkMember(event, chat, authors === undefined)
      return event
    })
  )

/** GR1: only what hashes to the conversation founds it; between two people nobody comes and goes. */
const checkMember = ({ author, body, bodyBytes }: VerifiedEvent, chat: ChatId, isGroup: boolean): void => {
  if (!isGroup) throw new AppError('untrusted', 'a roster between two people')
  if (body === 'gone' || bodyBytes === undefined) throw new AppError('malformed', 'a member event without its body')
  if (body === 'unknown' || body.kind !== 'member' || body.found === undefined) return
  if (chatIdOf(groupConversation(author, bodyBytes)) !== chat)
    throw new AppError('untrusted', 'it founds another group')
}

export interface Sorted {
  readonly good: readonly NewEvent[]
  /** LG4: by a device that is not known yet. */
  readonly unknown: readonly NewEvent[]
}

/** ID6: which devices may speak for whom, now or before (LG6 refuses what came after their end). */
const speaksFor = (ctx: Context, chat: ChatRecord, device: DeviceId, author: Did): boolean => {
  // our own account's other devices are known from a backup only
  if (author === ctx.own?.did) return chat.chains[device] !== undefined
  const contact = ctx.db.memory.contacts.get(author)
  return [...(contact?.devices ?? []), ...(contact?.former ?? [])].some((one) => one.device === device)
}

/** What this device wrote comes back only as duplicates, so that is left out. */
export const sortByDevice = (
  ctx: Context,
  chat: ChatRecord,
  events: readonly VerifiedEvent[],
  alongside: ReadonlyMap<DeviceId, Did> = new Map()
): Sorted => {
  const foreign = events.filter(({ device }) => device !== ctx.device.id).map(toNewEvent)
  const isKnown = ({ author, device }: NewEvent): boolean =>
    alongside.get(device) === author || speaksFor(ctx, chat, device, author)
  return { good: foreign.filter(isKnown), unknown: foreign.filter((event) => !isKnown(event)) }
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
