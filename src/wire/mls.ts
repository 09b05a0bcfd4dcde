/** What MLS carries for us: beside a commit, in the clear but authenticated, and around a Welcome. */
import { KiB, MiB } from '../base/bytes.ts'
import { bytes, field, fixed, message, uint, version, type Of } from './schema.ts'

/** MB9: eight pieces. */
export const MAX_COMMIT_BYTES = 512 * KiB
/** MB9: sixteen pieces. */
export const MAX_WELCOME_BYTES = MiB
export const MAX_TREE_BYTES = 2 * MiB
/** IN4: with the largest binding. */
export const MAX_KEY_PACKAGE_BYTES = 8 * KiB

/** Authenticated data of a commit. */
export const commitNote = message(
  'mls-commit-note',
  { max: 64 },
  {
    version: field(0, version(1)),
    issued: field(1, uint())
  }
)
export type CommitNote = Of<typeof commitNote>

/** A Welcome with what its reader cannot find inside: which session it is (LG0), and which commit made it (ML3). */
export const mlsWelcome = message(
  'mls-welcome',
  { max: MAX_WELCOME_BYTES },
  {
    version: field(0, version(1)),
    group: field(1, fixed(32)),
    generation: field(2, uint({ max: 0xffff })),
    /** SHA-256 of the commit. */
    commit: field(3, fixed(32)),
    issued: field(4, uint()),
    welcome: field(5, bytes({ min: 1, max: MAX_WELCOME_BYTES - 128 }))
  }
)
export type MlsWelcome = Of<typeof mlsWelcome>
