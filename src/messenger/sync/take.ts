/** LG4: events that another member handed over go through the same door as mail. What nobody asked for throws all of it away. */
import { bytesToBase64url } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import type { VerifiedEvent } from '../../crypto/event.ts'
import type { ChatId } from '../../model/ids.ts'
import { findWithheld } from '../../store/filling.ts'
import type { Context, Own } from '../context.ts'
import { takeEvents as takeAtDoor } from '../door.ts'
import type { Taken } from '../door.ts'
import { event, eventHeader } from '../../wire/event.ts'

export interface TakenOver extends Taken {
  /** Came without a body that nothing here took away. */
  readonly withheld: readonly string[]
}

export interface Handed {
  readonly chat: ChatId
  readonly events: readonly Uint8Array[]
  /** Whether it was asked for. */
  readonly isAsked: (event: VerifiedEvent) => boolean
}

/** @throws AppError `untrusted`, `malformed`, `too-large` or `needs-newer`: nothing of it was taken. */
export const takeEvents = async (ctx: Context, own: Own, handed: Handed): Promise<TakenOver> => {
  const events = handed.events.filter(isReadable)
  const bare: string[] = []
  const isAsked = (given: VerifiedEvent): boolean => {
    if (given.body === 'gone') bare.push(bytesToBase64url(given.id))
    return handed.isAsked(given)
  }
  const taken = await takeAtDoor(ctx, own, { chat: handed.chat, events, isAsked })
  const withheld = bare.length === 0 ? [] : await findWithheld(ctx.db, handed.chat, bare)
  return { ...taken, withheld: withheld.map(({ id }) => id) }
}

/** EN1: from a newer version is nobody's fault and holds up nothing else; it is asked for again after an update. */
const isReadable = (bytes: Uint8Array): boolean => {
  try {
    eventHeader.decode(event.decode(bytes).header)
  } catch (error) {
    return !(error instanceof AppError && error.code === 'needs-newer')
  }
  return true
}
