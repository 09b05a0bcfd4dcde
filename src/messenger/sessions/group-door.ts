/** What openings carry of a group, made and read by groups/. Types only. */
import type { ChatId, DeviceId, Did } from '../../model/ids.ts'
import type { TableName } from '../../store/database.ts'
import type { ChatRecord } from '../../store/rows.ts'
import type { Change } from '../../store/watch.ts'
import type { OpeningLog } from '../../wire/opening.ts'

export interface GroupDraft {
  /** We are told that we are out: there is no session to come into. */
  readonly isFarewell?: boolean
  readonly tables: readonly TableName[]
  /** Inside the write that opens the session. */
  write(change: Change): Promise<void>
  /** By the roster that the log tells of, together with what is known already. */
  wasEverIn(did: Did): boolean
}

export interface GroupDoor {
  describe(chat: ChatRecord): Promise<OpeningLog>
  /**
   * Verifies all of it; every member's document is in the table `documents` when this has answered.
   * @throws AppError `untrusted` when the sender may not take us in, or the roster does not begin with this conversation or does
   * not have us in it, or names another suite; `not-ready` while a document is missing (which it has begun to fetch).
   */
  read(told: {
    readonly sender: { readonly did: Did; readonly device: DeviceId }
    readonly chat: ChatId
    readonly suite: string
    readonly log: OpeningLog
  }): Promise<GroupDraft>
}
