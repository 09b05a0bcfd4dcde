/** LG2: the shared note of a chat. A body is one Yjs update; what it does to the text is Yjs's to say, and a bad one is void. */
import { KiB } from '../base/bytes.ts'
import { bytes, field, flag, maybe, message, version, type Of } from './schema.ts'

/** An event has room for 50 KiB; typing makes some hundred bytes. */
export const MAX_NOTE_UPDATE_BYTES = 32 * KiB

export const noteBody = message(
  'body-note',
  { max: MAX_NOTE_UPDATE_BYTES + 64 },
  {
    version: field(0, version(1)),
    update: field(1, bytes({ min: 1, max: MAX_NOTE_UPDATE_BYTES })),
    /** All that its writer knew of the note, so that a newcomer needs nothing older. */
    isWhole: maybe(2, flag)
  }
)
export type NoteBody = Of<typeof noteBody>
