/**
 * ML3: which of rival branches of a session everybody follows. A pure rule over what has been seen of the tree of commits:
 * the same sightings, in any order and however often, give the same branch, so nobody has to be asked. It is asked again
 * on every new sighting; two members who have seen the same things agree.
 */

/** A commit, as its epoch's name; ids compare as text, which is the order of their hashes' encoding for everybody alike. */
export interface BranchCommit {
  readonly id: string
  readonly parent: string
  /** The committing device and its account. */
  readonly device: string
  readonly account: string
  /** Which devices it removes. */
  readonly removed: readonly string[]
  /** The committer's place in the roster, 0 first; between two people the order of their dids. */
  readonly rank: number
}

/** A valid message that was sealed in an epoch: its account stands on that branch. */
export interface Sighting {
  readonly epoch: string
  readonly device: string
  readonly account: string
}

export interface Sightings {
  readonly commits: readonly BranchCommit[]
  readonly messages: readonly Sighting[]
  /** Devices that any removal in sight drops: the roster's, whether or not a commit has carried it out. */
  readonly dropped: ReadonlySet<string>
}

/** Beyond that, more voices would let a large side wait out a small one for ever. */
const ENOUGH_ACCOUNTS = 2

interface Score {
  readonly removals: number
  readonly accounts: number
  readonly rank: number
  readonly id: string
}

/**
 * The tip of the branch to follow. `from`: the epoch one is in; its ancestors as far as they are in sight are judged too, and
 * where nothing is in sight it is the answer.
 */
export const chooseBranch = (from: string, sightings: Sightings): string => {
  const commits = new Map(sightings.commits.map((commit) => [commit.id, commit]))
  const childrenById = Map.groupBy(commits.values(), ({ parent }) => parent)
  const messagesByEpoch = Map.groupBy(sightings.messages, ({ epoch }) => epoch)

  const voicesUnder = (branch: BranchCommit): ReadonlySet<string> => {
    const voices = new Set<string>()
    const speak = ({ device, account }: { readonly device: string; readonly account: string }): void => {
      if (account !== branch.account && !sightings.dropped.has(device)) voices.add(account)
    }
    const seen = new Set<string>()
    const open = [branch.id]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue
      seen.add(id)
      for (const message of messagesByEpoch.get(id) ?? []) speak(message)
      for (const child of childrenById.get(id) ?? []) {
        speak(child)
        open.push(child.id)
      }
    }
    return voices
  }

  const scoreOf = (commit: BranchCommit): Score => {
    const isDropped = sightings.dropped.has(commit.device)
    const removals = new Set(commit.removed.filter((device) => sightings.dropped.has(device))).size
    return {
      // what a device does that is dropped itself counts for nothing
      removals: isDropped ? 0 : removals,
      accounts: Math.min(voicesUnder(commit).size, ENOUGH_ACCOUNTS),
      rank: isDropped ? Number.POSITIVE_INFINITY : commit.rank,
      id: commit.id
    }
  }

  // the lowest fork in sight is below the oldest ancestor in sight
  const climbed = new Set<string>()
  let tip = from
  for (let at = commits.get(tip); at !== undefined && !climbed.has(at.id); at = commits.get(tip)) {
    climbed.add(at.id)
    tip = at.parent
  }
  const seen = new Set<string>()
  while (!seen.has(tip)) {
    seen.add(tip)
    const [best] = (childrenById.get(tip) ?? []).map(scoreOf).toSorted(compareScores)
    if (best === undefined) return tip
    tip = best.id
  }
  return tip
}

/** Better first. */
const compareScores = (a: Score, b: Score): number => {
  if (a.removals !== b.removals) return b.removals - a.removals
  if (a.accounts !== b.accounts) return b.accounts - a.accounts
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1
  return a.id < b.id ? -1 : 1
}
