/** LG4: events that another member handed over go through the same door as mail. What nobody asked for throws all of it away. */
import { AppError } from '../../base/errors.ts'
import type { VerifiedEvent } from '../../crypto/event.ts'
import type { ChatId } from '../../model/ids.ts'
import type { Context, Own } from '../context.ts'
import { takeEvents as takeAtDoor } from '../door.ts'
import type { Taken } from '../door.ts'
import { event, eventHeader } from '../../wire/event.ts'

export type { Taken } from '../door.ts'

export interface Handed {
  readonly chat: ChatId
  readonly events: readonly Uint8Array[]
  /** Whether it was asked for. */
  readonly isAsked: (event: VerifiedEvent) => boolean
}

/** @throws AppError `untrusted`, `malformed`, `too-large` or `needs-newer`: nothing of it was taken. */
export const takeEvents = (ctx: Context, own: Own, handed: Handed): Promise<Taken> =>
  takeAtDoor(ctx, own, { ...handed, events: handed.events.filter(isReadable) })

/** EN1: from a newer version is nobody's fault and holds up nothing else; it is asked for again after an update. */
const isReadable = (bytes: Uint8Array): boolean => {
  try {
    eventHeader.decode(event.decode(bytes).header)
  } catch (error) {
    return !(error instanceof AppError && error.code === 'needs-newer')
  }
  return true
}
