/**
 * What is on its way between devices. Nothing moves by itself: chance takes something off the wire and decides its fate.
 * Everything is counted, because a world in which nothing went wrong proves nothing.
 */
import type { Random } from '../../src/base/random.ts'
import type { DeliverResult } from '../../src/messenger/net.ts'
import type { World } from '../cast.ts'
import type { Carried } from './network.ts'
import type { Faults } from './result.ts'

export type Counts = { -readonly [Name in keyof Faults]: number }

interface OnWire {
  readonly carried: Carried
  readonly resolve: (result: DeliverResult) => void
  readonly serial: number
  /** Not before then; 0 when it was never held back. */
  readonly due: number
}

export interface Wire {
  /** One thing of what is due; any one, that is reordering. Answers whether there was one. */
  move(): boolean
  /** Everything that is on its way, in order and whole. Answers whether there was something. */
  flush(): boolean
  /** From here on everything arrives at once; what is still on its way comes too late for its sender. */
  open(): void
}

const LOST: DeliverResult = { outcome: 'unreachable', why: 'lost' }
const LONGEST_DELAY_MS = 120_000

/** Nobody waits here for an arrival: whoever takes an envelope may have to ask somebody first. */
export const holdTheWire = ({ network, clock }: World, random: Random, counts: Counts): Wire => {
  let held: OnWire[] = []
  const replays: Carried[] = []
  let serial = 0
  const take = (one: OnWire): void => {
    held = held.filter((other) => other !== one)
  }
  network.carry = (carried) => new Promise((resolve) => void held.push({ carried, resolve, serial: serial++, due: 0 }))

  /** It arrives, and perhaps again. Whoever died meanwhile does not answer, which is no failure of this world. */
  const arrive = (
    { carried, resolve }: Pick<OnWire, 'carried' | 'resolve'>,
    times: number,
    isAnswered: boolean
  ): void => {
    void (async () => {
      let result: DeliverResult = LOST
      for (let time = 0; time < times; time++) result = await carried.run()
      resolve(isAnswered ? result : LOST)
    })()
  }
  const isOvertaking = (one: OnWire): boolean =>
    held.some(
      (other) =>
        other.serial < one.serial && other.carried.from === one.carried.from && other.carried.to === one.carried.to
    )

  return {
    move: () => {
      const due = held.filter((one) => one.due <= clock.now())
      const one = due[Math.floor(random.fraction() * due.length)]
      const fate = random.fraction()
      if (one === undefined) return false
      take(one)
      if (fate < 0.06 && one.due === 0) {
        counts.delayed++
        held.push({ ...one, due: clock.now() + Math.ceil(random.fraction() * LONGEST_DELAY_MS) })
        return true
      }
      if (isOvertaking(one)) counts.reordered++
      if (fate < 0.19) counts.lost++
      if (fate < 0.12) one.resolve(LOST)
      // it arrived, and the answer did not
      else if (fate < 0.19) arrive(one, 1, false)
      else if (fate < 0.26) {
        counts.duplicated++
        arrive(one, 2, true)
      } else arrive(one, 1, true)
      // a copy that comes when nobody thinks of it any more
      if (fate > 0.95) replays.push(one.carried)
      else if (fate > 0.9) {
        const [old] = replays.splice(0, 1)
        if (old !== undefined) {
          counts.duplicated++
          arrive({ carried: old, resolve: () => {} }, 1, false)
        }
      }
      return true
    },
    flush: () => {
      const all = held
      held = []
      for (const one of all.toSorted((a, b) => a.serial - b.serial)) arrive(one, 1, true)
      return all.length > 0
    },
    open: () => {
      network.carry = (carried) => carried.run()
      network.heal()
      const late = held
      held = []
      for (const { resolve } of late) resolve(LOST)
      for (const { carried } of late) arrive({ carried, resolve: () => {} }, 1, false)
    }
  }
}

export const noFaults = (): Counts => ({
  lost: 0,
  delayed: 0,
  duplicated: 0,
  reordered: 0,
  partitions: 0,
  pageKills: 0,
  workerKills: 0,
  skews: 0
})
