/** Rows of what is on its way, out or in: what waits to be sealed, sealed mail, pieces, and what came too early. Rules as in rows.ts. */
import type { ChatId, DeviceId } from '../model/ids.ts'
import type { Debts } from './rows.ts'

/** An event that some device of the contact has not receipted. */
export interface OutboxRow {
  readonly id: string
  readonly chat: ChatId
  readonly counter: number
  readonly queuedAt: number
  readonly endsAt: number
  readonly state: 'queued' | 'sealed' | 'failed'
  /** RO2: a `member` event. */
  readonly isMember?: boolean
}

export type MailKind = 'request' | 'sealed' | 'commit' | 'opening'

/** Sealed bytes on their way (DL2): a crash sends the same again. `id` ascends as they were sealed (store/mail.ts). */
export interface MailRow {
  readonly id: string
  readonly chat: ChatId
  readonly kind: MailKind
  /** Of the session it belongs to: its tag for the device stands on the envelope. None: a random one. */
  readonly group: string | undefined
  /** Sealed in this epoch of the session. */
  readonly epoch?: string
  readonly sealed: Uint8Array
  /** Devices that are still to take it; a request goes to the inbox too. */
  readonly devices: readonly DeviceId[]
  /** Highest own counter inside; 0 when it carries no event. */
  readonly upTo: number
  readonly eventIds: readonly string[]
  readonly debts: Debts
  readonly sealedAt: number
  /** Not to be handed over before then. */
  readonly notBefore?: number
}

/** An envelope that cannot be opened yet. */
export interface WaitingRow {
  readonly id: string
  readonly chat?: ChatId
  readonly from?: DeviceId
  readonly arrivedAt: number
  readonly envelope: Uint8Array
}

/** A piece of an envelope that is too large for one, until all are there. */
export interface PieceRow {
  readonly id: string
  readonly from?: DeviceId
  readonly arrivedAt: number
  readonly bytes: Uint8Array
}

/** LG4 "not yet": an event whose parent or device is unknown, kept sealed off until it is. */
export interface AsideRow {
  readonly id: string
  readonly chat: ChatId
  readonly arrivedAt: number
  /** As it travelled. */
  readonly event: Uint8Array
}

/** Something that must not be taken twice, until its day. */
export interface SeenRow {
  readonly id: string
  readonly endsAt: number
  /** What became of it. */
  readonly outcome?: string
}
