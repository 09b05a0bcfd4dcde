/** DV5: what a `.backup` file is made of. docs/protocol/backup.md says how the pieces follow each other. */
import { KiB, MiB } from '../base/bytes.ts'
import { argon2Cost } from './at-rest.ts'
import { bytes, field, fixed, message, oneOf, uint, version, type Of } from './schema.ts'

/** A part is sealed and opened whole; a phone holds a few of these at a time. */
export const MAX_PART_BYTES = MiB

/** In the order in which they stand in a file: what is needed first comes first. Never ratchets. */
export const SECTIONS = ['roots', 'documents', 'contacts', 'settings', 'history'] as const
export type Section = (typeof SECTIONS)[number]

export const backupHead = message(
  'backup-head',
  { max: 256 },
  {
    version: field(0, version(1)),
    salt: field(1, fixed(32)),
    cost: field(2, argon2Cost),
    /** When it was made, in ms. */
    made: field(3, uint()),
    /** Derived from the key: tells a wrong passphrase from a damaged file. */
    check: field(4, fixed(16))
  }
)
export type BackupHead = Of<typeof backupHead>

export const backupPart = message(
  'backup-part',
  { max: MAX_PART_BYTES + KiB },
  {
    version: field(0, version(1)),
    section: field(1, oneOf(...SECTIONS)),
    /** Opaque here: whoever writes a section reads it, and puts its version inside. */
    data: field(2, bytes({ max: MAX_PART_BYTES }))
  }
)
export type BackupPart = Of<typeof backupPart>
