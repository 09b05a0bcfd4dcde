/**
 * LG0: what carries a conversation for a while. `group` is 32 random bytes that only the members know: routing tags are
 * derived from it. Of several, the highest generation is written, then the lowest group.
 */
import { field, fixed, message, text, uint, version, type Of } from './schema.ts'

export const session = message(
  'session',
  { max: 128 },
  {
    version: field(0, version(1)),
    suite: field(1, text({ max: 32 })),
    group: field(2, fixed(32)),
    generation: field(3, uint({ max: 0xffff }))
  }
)
export type Session = Of<typeof session>
