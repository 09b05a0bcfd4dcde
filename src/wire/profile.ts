/** What a person shows to contacts. The later `issued` wins. */
import { KiB } from '../base/bytes.ts'
import { bytes, field, maybe, message, text, uint, version, type Of } from './schema.ts'

export const MAX_NAME_CHARS = 80
/** A 256 px JPEG or WebP; small enough to ride in a request beside the document and the first messages. */
export const MAX_PHOTO_BYTES = 24 * KiB

/** Ed25519 and X25519 with one name: about 700 bytes. */
export const MAX_GNUPG_BYTES = 1280

export const profile = message(
  'profile',
  { max: 27 * KiB },
  {
    version: field(0, version(1)),
    name: field(1, text({ max: MAX_NAME_CHARS })),
    photo: maybe(2, bytes({ min: 1, max: MAX_PHOTO_BYTES })),
    issued: field(3, uint()),
    /** ID8: the certificate of the account that GnuPG reads, which its root has certified. */
    gnupg: maybe(100, bytes({ min: 1, max: MAX_GNUPG_BYTES }))
  }
)
export type Profile = Of<typeof profile>
