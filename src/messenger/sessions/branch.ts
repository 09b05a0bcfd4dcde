/**
 * ML3 on what this device has seen: which of the known epochs is followed, by the roster's law. Asked again after everything
 * that was made, received or opened.
 */
import type { EpochId, EpochInfo, Epochs, SessionMember, SessionState, Suite } from '../../crypto/suite.ts'
import { chooseBranch } from '../../model/fork-choice.ts'
import type { Sightings } from '../../model/fork-choice.ts'
import type { DeviceId, Did } from '../../model/ids.ts'
import type { MlsNotes } from '../../store/rows.ts'
import type { Law } from './law.ts'
import { isLawful } from './law.ts'

export const epochsOf = (suite: Suite): Epochs => {
  if (suite.epochs === undefined) throw new TypeError(`${suite.id} has no epochs`)
  return suite.epochs
}

export interface Settled {
  readonly state: SessionState
  readonly notes: MlsNotes
  readonly current: EpochInfo
  /** What was sealed in any other epoch than these was sealed on a branch that lost. */
  readonly lineage: ReadonlySet<string>
  readonly hasMoved: boolean
  readonly hasSwitched: boolean
  /** Everybody else goes on without us. */
  readonly isOut: boolean
}

const everybodyIn = (known: readonly EpochInfo[]): readonly SessionMember[] =>
  known.flatMap(({ committer, removed }) => [...(committer === undefined ? [] : [committer]), ...removed])

export const settle = (suite: Suite, law: Law, given: SessionState, notes: MlsNotes, now: number): Settled => {
  const epochs = epochsOf(suite)
  const known = epochs.known(given)
  const ids = new Set<string>(known.map(({ id }) => id))
  const heard = notes.heard.filter(({ epoch }) => ids.has(epoch))
  const current = epochs.current(given)
  const people = [
    ...everybodyIn(known),
    ...heard.map(({ device, account }): SessionMember => ({ did: account, device }))
  ]
  const lawful = known.filter((info) => isLawful(law, info))
  const sightings: Sightings = {
    commits: lawful.flatMap((info) => toBranch(law, info)),
    messages: heard,
    dropped: new Set(people.filter(law.isDropped).map(({ device }) => device))
  }
  const mine = chooseBranch(current.id, sightings)
  const others = tipsElsewhere(lawful, current, mine, sightings)
  const tip = others.length === 0 ? mine : bestOf(suite, law, given, [mine, ...others])
  const target = known.find(({ id }) => id === tip) ?? current
  const isOut = !target.isMember
  const hasMoved = target.id !== current.id && !isOut
  const state = hasMoved ? epochs.follow(given, target.id) : given
  const lineage = ancestorsOf(known, hasMoved ? target.id : current.id)
  const pruned = heard.length === notes.heard.length ? notes : { ...notes, heard }
  return {
    state,
    notes: hasMoved ? { ...pruned, movedAt: now } : pruned,
    current: hasMoved ? target : current,
    lineage,
    hasMoved,
    hasSwitched: hasMoved && !lineage.has(current.id),
    isOut
  }
}

/**
 * The tips of branches whose fork is out of sight, so that ML3 cannot compare them: we were taken in again, or the group went
 * on for more epochs than are kept.
 */
const tipsElsewhere = (
  lawful: readonly EpochInfo[],
  current: EpochInfo,
  mine: string,
  sightings: Sightings
): readonly string[] => {
  const ids = new Set<string>(lawful.map(({ id }) => id))
  const roots = lawful.filter(({ parent }) => parent === undefined || !ids.has(parent))
  if (roots.length < 2) return []
  const tips = new Set(roots.map(({ id }) => chooseBranch(id, sightings)))
  const isMember = (tip: string): boolean => lawful.some(({ id, isMember: is }) => id === tip && is)
  return [...tips].filter((tip) => tip !== mine && tip !== current.id && isMember(tip))
}

/** Fewer dropped devices in the tree, then the longer branch, then the lower name: the same for all who know the same. */
const bestOf = (suite: Suite, law: Law, state: SessionState, tips: readonly string[]): string => {
  const epochs = epochsOf(suite)
  const scored = epochs
    .known(state)
    .filter(({ id, isMember }) => tips.includes(id) && isMember)
    .map(({ id, number }) => ({
      id,
      number,
      dropped: epochs.membersIn(state, id).filter(law.isDropped).length
    }))
  const [best] = scored.toSorted((a, b) => a.dropped - b.dropped || b.number - a.number || (a.id < b.id ? -1 : 1))
  return best?.id ?? tips[0] ?? ''
}

const toBranch = (law: Law, { id, parent, committer, removed }: EpochInfo) =>
  parent === undefined || committer === undefined
    ? []
    : [
        {
          id,
          parent,
          device: committer.device,
          account: committer.did,
          removed: removed.map(({ device }) => device),
          rank: law.rankOf(committer.did as Did)
        }
      ]

/** Of the epoch that is followed: itself and all that led there, as far as it is in sight. */
export const lineageOf = (suite: Suite, state: SessionState): ReadonlySet<string> =>
  ancestorsOf(epochsOf(suite).known(state), epochsOf(suite).current(state).id)

const ancestorsOf = (known: readonly EpochInfo[], tip: EpochId): ReadonlySet<string> => {
  const byId = new Map(known.map((info) => [info.id, info]))
  const line = new Set<string>()
  for (let id: EpochId | undefined = tip; id !== undefined && !line.has(id); id = byId.get(id)?.parent) line.add(id)
  return line
}

/** ML3: a valid message speaks for its epoch's branch. The same object when that is known. */
export const hear = (notes: MlsNotes, epoch: EpochId | undefined, { did, device }: SessionMember): MlsNotes =>
  epoch === undefined || notes.heard.some((one) => one.epoch === epoch && one.device === device)
    ? notes
    : { ...notes, heard: [...notes.heard, { epoch, device: device as DeviceId, account: did as Did }] }
