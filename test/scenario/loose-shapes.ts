/** Shapes of the wire without their limits: what an app that was rewritten to do harm would write. */
import { bytes, field, fixed, flag, listOf, maybe, message, text, uint, version } from '../../src/wire/schema.ts'
import type { Kind } from '../../src/wire/schema.ts'

const any: Kind<Uint8Array> = bytes({ max: 2 ** 24 })
export const looseReply = message(
  'loose-reply',
  { max: 2 ** 24 },
  {
    version: field(0, uint()),
    reconcile: maybe(4, message('loose-reconcile', { max: 2 ** 24 }, { message: field(1, any) })),
    events: maybe(
      5,
      message('loose-events', { max: 2 ** 24 }, { events: field(1, listOf(any, { max: 5000 })), isCut: field(2, flag) })
    )
  }
)
export const looseHeader = message(
  'loose-header',
  { max: 2 ** 20 },
  {
    version: field(0, version(1)),
    conversation: field(1, fixed(32)),
    author: field(2, fixed(32)),
    device: field(3, fixed(32)),
    counter: field(4, uint()),
    previous: maybe(5, fixed(32)),
    heads: field(6, listOf(fixed(32), { max: 100 })),
    time: field(7, uint()),
    tick: field(8, uint()),
    kind: field(9, text({ max: 2000 })),
    commitment: field(10, fixed(32)),
    critical: maybe(50, flag)
  }
)
export const looseEvent = message(
  'loose-event',
  { max: 2 ** 24 },
  {
    version: field(0, version(1)),
    header: field(1, any),
    signature: field(2, fixed(64)),
    body: maybe(3, any),
    salt: maybe(4, fixed(32)),
    critical: maybe(50, flag)
  }
)
