/** How a device comes into an MLS session: as its founder, by a Welcome, or by a Welcome into one that it had lost its way in. */
import { sameBytes } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import { MAX_TREE_BYTES, mlsWelcome } from '../../wire/mls.ts'
import { DOMAINS } from '../domains.ts'
import { hashIn } from '../hash.ts'
import { idOf, keep, type Kept, type Line } from '../mls/line.ts'
import type { CheckCredential, Mls, Own } from '../mls/mls.ts'
import type { EpochInfo, Epochs } from '../suite.ts'

/** How far ahead of our clock a commit's own time is believed: clocks differ, and a far future would end all bindings. */
export const MAX_AHEAD_MS = 24 * 3600 * 1000
/** MB4: a Welcome waits 30 days at most; what claims to be older is judged as if it were not. */
const MAX_WAIT_MS = 31 * 24 * 3600 * 1000
/** ML6: a silent device leaves the tree after 60 days; until then its binding may end without locking newcomers out. */
const MAX_SILENCE_MS = 60 * 24 * 3600 * 1000

interface EntryOptions {
  readonly mls: Mls
  readonly own: () => Own
  readonly clock: Pick<Clock, 'now'>
  readonly checkAt: (at: number) => CheckCredential
  readonly largestGroup: number
}

export const createEntry = ({ mls, own, clock, checkAt, largestGroup }: EntryOptions) => ({
  found: async (group: Uint8Array, generation: number): Promise<Line> => {
    const now = clock.now()
    const epoch = await mls.create({ groupId: group, own: own(), now })
    const info: EpochInfo = {
      id: idOf(hashIn(DOMAINS.mlsFounding, group)),
      number: mls.number(epoch),
      added: [],
      removed: [],
      issued: now,
      isMember: true
    }
    return { group, generation, current: info.id, epochs: [keep(mls, info, epoch)], pasts: [] }
  },
  join: async ({ welcome: data, tree, keys }: Parameters<Epochs['join']>[0]): Promise<Line> => {
    const now = clock.now()
    if (tree.length > MAX_TREE_BYTES) throw new AppError('too-large', 'tree')
    const { group, generation, commit: hash, issued, welcome } = mlsWelcome.decode(data)
    const at = Math.min(Math.max(issued, now - MAX_WAIT_MS), now + MAX_AHEAD_MS)
    const check = checkAt(at - MAX_SILENCE_MS)
    const epoch = await mls.join({ welcome, tree, keys, own: own(), check, now })
    if (!sameBytes(mls.groupId(epoch), group)) throw new AppError('untrusted', 'a Welcome to another group')
    if (mls.leaves(epoch).length > largestGroup) throw new AppError('quota', 'too many devices')
    const info: EpochInfo = {
      id: idOf(hash),
      number: mls.number(epoch),
      added: [],
      removed: [],
      issued: at,
      isMember: true
    }
    return { group, generation, current: info.id, epochs: [keep(mls, info, epoch)], pasts: [] }
  }
})

/**
 * A line that has both: where we were, for what comes late, and where we came in again. A known epoch changes nothing, unless
 * its commit was the one that took us out. Where we come in hangs from nothing, though we may know from what: we were taken in
 * because others could not be moved, so the fork below is not to be judged again (ML3) from this side alone.
 */
export const enter = (line: Line, joined: Line): Line => {
  if (!sameBytes(line.group, joined.group)) throw new AppError('untrusted', 'another session')
  const isHeld = ({ info }: Kept): boolean =>
    line.epochs.some((known) => known.info.id === info.id && known.parts !== undefined)
  const fresh = joined.epochs.filter((kept) => !isHeld(kept))
  if (fresh.length === 0) return line
  const others = line.epochs.filter(({ info }) => fresh.every((kept) => kept.info.id !== info.id))
  return { ...line, current: joined.current, epochs: [...others, ...fresh], head: undefined }
}
