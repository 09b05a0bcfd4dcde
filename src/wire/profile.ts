/** What a person shows to contacts. The later `issued` wins. */
import { KiB } from '../base/bytes.ts'
import { bytes, field, maybe, message, text, uint, version, type Of } from './schema.ts'

export const MAX_NAME_CHARS = 80
/** A 256 px JPEG or WebP; small enough to ride in a request beside the document and the first messages. */
export const MAX_PHOTO_BYTES = 24 * KiB

export const profile = message(
  'profile',
  { max: 26 * KiB },
  {
    version: field(0, version(1)),
    name: field(1, text({ max: MAX_NAME_CHARS })),
    photo: maybe(2, bytes({ min: 1, max: MAX_PHOTO_BYTES })),
    issued: field(3, uint())
  }
)
export type Profile = Of<typeof profile>
