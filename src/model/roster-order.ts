/**
 * RO1: the order in which `member` events have their turn. Removals and demotions go as early as causality lets them, the
 * senior's first, and take only what they follow with them: nothing written aside, however little it claims to follow, gets
 * in front of a senior's removal. A pure rule over the set.
 */
import { compareText } from './text.ts'

export interface Ordered {
  readonly id: string
  readonly device: string
  readonly counter: number
  /** `member` events that it names; those that nobody has are passed over. */
  readonly after: readonly string[]
}

export type Follows = (event: string, earlier: string) => boolean

export interface Lineage<E> {
  readonly events: readonly E[]
  readonly parentsOf: (id: string) => readonly string[]
  readonly ancestorsOf: (id: string) => ReadonlySet<string>
  readonly follows: Follows
}

/** Parents are the named ones, the root, and the same device's event before. */
export const traceLineage = <E extends Ordered>(given: Iterable<E>, root: string): Lineage<E> => {
  const byId = new Map([...given].map((event) => [event.id, event]))
  const events = [...byId.values()].toSorted((a, b) => compareText(a.id, b.id))
  const parents = new Map(
    events.map(({ id, after }) => [
      id,
      id === root ? [] : [root, ...after.filter((one) => byId.has(one) && one !== id)]
    ])
  )
  for (const own of Map.groupBy(events, ({ device }) => device).values()) {
    const counters = [...new Set(own.map(({ counter }) => counter))].toSorted((a, b) => a - b)
    const byCounter = Map.groupBy(own, ({ counter }) => counter)
    for (const [at, counter] of counters.entries()) {
      const before = byCounter.get(counters[at - 1] ?? -1) ?? []
      for (const { id } of byCounter.get(counter) ?? []) {
        if (id !== root) parents.get(id)?.push(...before.map((one) => one.id))
      }
    }
  }
  const parentsOf = (id: string): readonly string[] => parents.get(id) ?? []

  const known = new Map<string, ReadonlySet<string>>()
  const ancestorsOf = (id: string): ReadonlySet<string> => {
    const found = known.get(id)
    if (found !== undefined) return found
    const seen = new Set<string>()
    const open = [...parentsOf(id)]
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      if (seen.has(one)) continue
      seen.add(one)
      open.push(...parentsOf(one))
    }
    known.set(id, seen)
    return seen
  }
  return { events, parentsOf, ancestorsOf, follows: (event, earlier) => ancestorsOf(event).has(earlier) }
}

/**
 * Calls `turn` for every event once. `rankOf` is asked anew each time: who was appointed earlier is lower, who is no admin
 * is infinite.
 */
export const takeTurns = <E extends Ordered>(
  { events, parentsOf, ancestorsOf }: Lineage<E>,
  {
    isStrong,
    rankOf,
    turn
  }: {
    readonly isStrong: (event: E) => boolean
    readonly rankOf: (event: E) => number
    readonly turn: (event: E) => void
  }
): void => {
  const waiting = new Map(events.map((event) => [event.id, event]))
  // what a removal follows never waits longer than it, so of those that wait this holds to the end
  const under = new Set<string>()
  for (const event of events) {
    if (!isStrong(event)) continue
    under.add(event.id)
    for (const id of ancestorsOf(event.id)) under.add(id)
  }

  const isReady = ({ id }: E): boolean => !parentsOf(id).some((parent) => waiting.has(parent))
  const best = (choices: Iterable<E>): E | undefined => {
    let found: { readonly event: E; readonly strong: number; readonly rank: number } | undefined
    // events stand in the order of their ids, so the first of equals has the lower one
    for (const event of choices) {
      const next = { event, strong: isStrong(event) ? 0 : 1, rank: rankOf(event) }
      const isBetter =
        found === undefined || next.strong < found.strong || (next.strong === found.strong && next.rank < found.rank)
      if (isBetter) found = next
    }
    return found?.event
  }
  const take = (event: E): void => {
    waiting.delete(event.id)
    turn(event)
  }
  /** Whole lines of descent. Hashes make loops impossible; were there one, it is cut at the best place. */
  const takeAll = (ids: ReadonlySet<string>): void => {
    for (;;) {
      const open = [...waiting.values()].filter(({ id }) => ids.has(id))
      const next = best(open.filter(isReady)) ?? best(open)
      if (next === undefined) return
      take(next)
    }
  }

  for (;;) {
    const strong = [...waiting.values()].filter(isStrong)
    const first = best(strong.filter((event) => Number.isFinite(rankOf(event))))
    if (first !== undefined) {
      takeAll(new Set([...ancestorsOf(first.id), first.id]))
      continue
    }
    // nobody who removes is an admin yet: one step towards them, then look again
    const open = [...waiting.values()].filter(({ id }) => strong.length === 0 || under.has(id))
    const next = best(open.filter(isReady)) ?? best(open)
    if (next === undefined) return
    take(next)
  }
}
