/** How an epoch lies on the disk. None of these leaves the device. */
import { MiB } from '../../base/bytes.ts'
import { bytes, field, fixed, flag, listOf, maybe, message, uint, version } from '../../wire/schema.ts'

/** Above the largest group of any suite. */
const MAX_LEAVES = 2048
const some = (max: number) => bytes({ min: 1, max })

/** What opens a Welcome. */
export const keyPackageSecret = message(
  'mls-key-package-secret',
  { max: 4096 },
  {
    version: field(0, version(1)),
    init: field(1, some(1024)),
    leaf: field(2, some(1024))
  }
)

/** All that only changes with the epoch, but the tree. */
export const epochCore = message(
  'mls-epoch-core',
  { max: MiB },
  {
    version: field(0, version(1)),
    context: field(1, some(1024)),
    keySchedule: field(2, some(4096)),
    privatePath: field(3, some(64 * 1024)),
    confirmationTag: field(4, some(64))
  }
)

export const pastEpoch = message(
  'mls-past-epoch',
  { max: 32 * MiB },
  {
    version: field(0, version(1)),
    context: field(1, some(1024)),
    senderData: field(2, some(64)),
    secrets: field(3, some(31 * MiB)),
    senders: field(
      4,
      listOf(
        message(
          'mls-past-sender',
          { max: 512 },
          {
            leaf: field(1, uint({ max: MAX_LEAVES })),
            key: field(2, fixed(32)),
            who: field(3, bytes({ max: 256 }))
          }
        ),
        { max: MAX_LEAVES }
      )
    )
  }
)

const person = message('mls-person', { max: 128 }, { didKey: field(1, fixed(32)), device: field(2, fixed(32)) })

/** Which epochs a session keeps: whole ones for following rivals (ML3), and what reads late messages (ML4). */
export const lineShape = message(
  'mls-line',
  { max: 8 * MiB },
  {
    version: field(0, version(1)),
    group: field(1, fixed(32)),
    generation: field(2, uint({ max: 0xffff })),
    current: field(3, fixed(32)),
    epochs: field(
      4,
      listOf(
        message(
          'mls-line-epoch',
          { max: MiB },
          {
            id: field(1, fixed(32)),
            parent: maybe(2, fixed(32)),
            number: field(3, uint()),
            committer: maybe(4, person),
            added: field(5, listOf(person, { max: MAX_LEAVES })),
            removed: field(6, listOf(person, { max: MAX_LEAVES })),
            issued: field(7, uint()),
            isMember: field(8, flag),
            /** When something later was followed. */
            endedAt: maybe(9, uint())
          }
        ),
        { max: 256 }
      )
    ),
    pasts: field(
      5,
      listOf(
        message(
          'mls-line-past',
          { max: 256 },
          { id: field(1, fixed(32)), number: field(2, uint()), endedAt: field(3, uint()) }
        ),
        { max: 256 }
      )
    )
  }
)
