/**
 * What the roster means for everything else in a group's log (LG3, LG6, RO1). Rights are judged by the `member` events that an
 * event follows, its *basis*, so the verdict on it never changes; cuts by the whole roster, for ever. Pure.
 */
import { findRefusal, type Removal, type Written } from './cuts.ts'
import type { Did } from './ids.ts'
import { type Deed, foldRoster, mayDo, type MemberEvent, type Roster, type Verdict } from './roster.ts'
import { traceLineage } from './roster-order.ts'

export interface GroupLaw {
  readonly roster: Roster
  readonly events: ReadonlyMap<string, MemberEvent>
  /** The very same when it knows them all. */
  with(more: readonly MemberEvent[]): GroupLaw
  verdictOn(id: string): Verdict | undefined
  wasEverIn(account: Did): boolean
  /** Among `member` events. */
  follows(event: string, earlier: string): boolean
  /** LG6. `basis`: of the event. */
  refusalOf(written: Written, basis: readonly string[]): Removal | undefined
  /** Whether whoever knew just this had the right. */
  may(basis: readonly string[], account: Did, deed: Deed | 'be'): boolean
  isAdminAt(basis: readonly string[], account: Did): boolean
  /** The newest of several bases. */
  merge(bases: readonly (readonly string[])[]): readonly string[]
}

/** Rosters of the past that are kept at hand. */
const MAX_PAST = 64

export const createGroupLaw = (given: Iterable<MemberEvent>): GroupLaw => {
  const events = new Map([...given].map((event) => [event.id, event]))
  const roster = foldRoster(events.values())
  const lineage = traceLineage(events.values(), roster.root ?? '')
  const verdicts = new Map(roster.verdicts.map((verdict) => [verdict.event.id, verdict]))
  const removed = new Set(roster.removals.map(({ account }) => account))
  const past = new Map<string, Roster>()

  const knownIn = (basis: readonly string[]): ReadonlySet<string> => {
    const known = basis.filter((id) => events.has(id))
    return new Set(known.flatMap((id) => [id, ...lineage.ancestorsOf(id)]))
  }
  const rosterAt = (basis: readonly string[]): Roster => {
    const key = basis.toSorted().join(' ')
    const found = past.get(key)
    if (found !== undefined) return found
    const known = knownIn(basis)
    const then =
      known.size === events.size ? roster : foldRoster([...events.values()].filter(({ id }) => known.has(id)))
    if (past.size >= MAX_PAST) past.clear()
    past.set(key, then)
    return then
  }
  const law: GroupLaw = {
    roster,
    events,
    with: (more) => {
      const fresh = more.filter(({ id }) => !events.has(id))
      return fresh.length === 0 ? law : createGroupLaw([...events.values(), ...fresh])
    },
    verdictOn: (id) => verdicts.get(id),
    follows: lineage.follows,
    wasEverIn: (account) => roster.members.has(account) || removed.has(account),
    refusalOf: (written, basis) => {
      if (!removed.has(written.author)) return undefined
      return findRefusal(roster.removals, written, (event) => knownIn(basis).has(event))
    },
    may: (basis, account, deed) => {
      const then = rosterAt(basis)
      return deed === 'be' ? then.members.has(account) : mayDo(then, account, deed)
    },
    isAdminAt: (basis, account) => rosterAt(basis).members.get(account)?.role === 'admin',
    merge: (bases) => {
      const ids = [...new Set(bases.flat())]
      if (ids.length < 2) return ids
      return ids.filter((id) => !ids.some((other) => other !== id && lineage.follows(other, id))).toSorted()
    }
  }
  return law
}
