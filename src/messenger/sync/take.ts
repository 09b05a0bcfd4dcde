/** LG4: events that another member handed over go through the same door as mail. What nobody asked for throws all of it away. */
import type { VerifiedEvent } from '../../crypto/event.ts'
import type { ChatId } from '../../model/ids.ts'
import type { Context, Own } from '../context.ts'
import { takeEvents as takeAtDoor } from '../door.ts'
import type { Taken } from '../door.ts'

export type { Taken } from '../door.ts'

export interface Handed {
  readonly chat: ChatId
  readonly events: readonly Uint8Array[]
  /** Whether it was asked for. */
  readonly isAsked: (event: VerifiedEvent) => boolean
}

/** @throws AppError `untrusted`, `malformed`, `too-large` or `needs-newer`: nothing of it was taken. */
export const takeEvents = (ctx: Context, own: Own, handed: Handed): Promise<Taken> => takeAtDoor(ctx, own, handed)
