/** What MLS carries for us: beside a commit, in the clear but authenticated, and around a Welcome. */
import { KiB, MiB } from '../base/bytes.ts'
import { bytes, field, fixed, message, text, uint, version, type Of } from './schema.ts'

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

/** A key package of last resort, as it rides along in requests and payloads; of the device that sealed them. */
export const offeredKeys = message(
  'offered-keys',
  { max: MAX_KEY_PACKAGE_BYTES + 64 },
  {
    suite: field(1, text({ max: 32 })),
    keyPackage: field(2, bytes({ min: 1, max: MAX_KEY_PACKAGE_BYTES }))
  }
)

/** ML5: where a device stands in a session that both are in. Nobody else can tell which session it is. */
export const sessionHint = message(
  'session-hint',
  { max: 128 },
  {
    /** HMAC of the two device keys under the group id. */
    tag: field(1, fixed(16)),
    epoch: field(2, uint()),
    /** Hash of the epoch's authenticator. */
    mark: field(3, fixed(16))
  }
)
