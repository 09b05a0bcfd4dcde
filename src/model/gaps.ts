/** LG7: what is missing, seen from what is here. RO2: how long one waits before doing what another may do sooner. */
import type { DeviceId } from './ids.ts'

const RANK_STEP_MS = 5_000
const OTHERS_WAIT_MS = 60_000

/** RO2: siblings at once, admins one after the other in the order of appointment, the others when none of these did. */
export const waitBeforeCommit = (me: { readonly isSibling: boolean; readonly adminRank?: number }): number => {
  if (me.isSibling) return 0
  if (me.adminRank === undefined) return OTHERS_WAIT_MS
  return Math.min(me.adminRank * RANK_STEP_MS, OTHERS_WAIT_MS)
}

export interface Link {
  readonly id: string
  readonly device: DeviceId
  readonly counter: number
  readonly parents: readonly string[]
}

export interface Gaps {
  /** Events that others name and that are not here. */
  readonly heads: readonly string[]
  readonly counters: readonly { readonly device: DeviceId; readonly from: number; readonly to: number }[]
  /** There are more than a round asks for. */
  readonly isCut: boolean
}

/** LG7: what one round of repair asks for at most. */
const MAX_GAPS = 256

/**
 * `floors`: the first counter of a device that concerns us; what lies below is history that we are not owed. `refused`:
 * ids that are known and not wanted, or below the floor.
 */
export const findGaps = (
  links: Iterable<Link>,
  {
    floors,
    refused,
    max = MAX_GAPS
  }: {
    readonly floors: ReadonlyMap<DeviceId, number>
    readonly refused: ReadonlySet<string>
    readonly max?: number
  }
): Gaps => {
  const here = new Map([...links].map((link) => [link.id, link]))
  const heads = new Set<string>()
  const countersByDevice = new Map<DeviceId, Set<number>>()
  for (const { device, counter, parents } of here.values()) {
    const floor = floors.get(device) ?? 1
    const counters = countersByDevice.get(device) ?? new Set()
    countersByDevice.set(device, counters.add(counter))
    if (counter <= floor) continue
    for (const parent of parents) if (!here.has(parent) && !refused.has(parent)) heads.add(parent)
  }
  const ranges: { device: DeviceId; from: number; to: number }[] = []
  for (const device of [...countersByDevice.keys()].toSorted()) {
    let next = floors.get(device) ?? 1
    for (const counter of [...(countersByDevice.get(device) ?? [])].toSorted((a, b) => a - b)) {
      if (counter > next) ranges.push({ device, from: next, to: counter - 1 })
      next = Math.max(next, counter + 1)
    }
  }
  return {
    heads: [...heads].toSorted().slice(0, max),
    counters: ranges.slice(0, max),
    isCut: heads.size > max || ranges.length > max
  }
}
