/** LG6: what a removal refuses for ever. A cut is a counter per device; what the device wrote up to it stands. */
import type { DeviceId, Did } from './ids.ts'

export interface Cut {
  readonly account: Did
  readonly device: DeviceId
  readonly counter: number
}

export interface Removal {
  /** The removing event. */
  readonly id: string
  readonly account: Did
  /** The whole account: a device without a cut has the cut 0. */
  readonly isWhole: boolean
  readonly counters: ReadonlyMap<DeviceId, number>
  /** Events that took the account in again, by somebody who knew of the removal: rival ones too, of which one only counts. */
  readonly liftedBy: readonly string[]
}

export interface Written {
  readonly author: Did
  readonly device: DeviceId
  readonly counter: number
}

/** The removal that refuses it. `follows`: whether it comes after that event; what follows a second joining is good. */
export const findRefusal = (
  removals: readonly Removal[],
  { author, device, counter }: Written,
  follows: (event: string) => boolean
): Removal | undefined =>
  removals.find((removal) => {
    if (removal.account !== author) return false
    const allowed = removal.counters.get(device) ?? (removal.isWhole ? 0 : Number.POSITIVE_INFINITY)
    return counter > allowed && !removal.liftedBy.some(follows)
  })

/** A device that wrote two events with one counter; both are kept and shown, and the device is marked. */
export const findEquivocators = (events: Iterable<Written & { readonly id: string }>): ReadonlySet<DeviceId> => {
  const idByPlace = new Map<string, string>()
  const marked = new Set<DeviceId>()
  for (const { device, counter, id } of events) {
    const place = `${device} ${counter}`
    const known = idByPlace.get(place)
    if (known !== undefined && known !== id) marked.add(device)
    idByPlace.set(place, id)
  }
  return marked
}
