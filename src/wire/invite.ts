/** IN1: what an invite link carries in its fragment. Whoever has the link has the secret. */
import { home } from './home.ts'
import { field, fixed, listOf, message, version, type Of } from './schema.ts'

export const invite = message(
  'invite',
  { max: 1024 },
  {
    version: field(0, version(1)),
    didKey: field(1, fixed(32)),
    /** Hash of the root keys in force. */
    roots: field(2, fixed(32)),
    secret: field(3, fixed(16)),
    homes: field(4, listOf(home, { max: 2 }))
  }
)
export type Invite = Of<typeof invite>
