/**
 * LG3: the claimed time of an event. A device's own times increase strictly, so that its events sort in the order in
 * which it wrote them; times of others are followed only when they are near our own clock.
 */
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** LG3: a device never adopts a time more than this far ahead of its own clock. */
export const MAX_AHEAD_MS = 10 * MINUTE
/** LG3: what comes later than this after its claimed time is marked so. */
export const LATE_AFTER_MS = DAY

/** Milliseconds, then a tick among events of one millisecond. */
export interface Stamp {
  readonly time: number
  readonly tick: number
}
const MAX_TICK = 0xffff

export const compareStamps = (a: Stamp, b: Stamp): number => a.time - b.time || a.tick - b.tick

/** The stamp for a new event: now, but after our own last one and after every head whose time can be believed. */
export const nextStamp = ({
  now,
  ownLast,
  heads
}: {
  readonly now: number
  readonly ownLast: Stamp | undefined
  readonly heads: readonly Stamp[]
}): Stamp => {
  const before = heads.filter(({ time }) => time <= now + MAX_AHEAD_MS)
  if (ownLast !== undefined) before.push(ownLast)
  const latest = before.reduce((max, stamp) => (compareStamps(stamp, max) > 0 ? stamp : max), { time: 0, tick: 0 })
  if (latest.time < now) return { time: now, tick: 0 }
  return latest.tick < MAX_TICK ? { time: latest.time, tick: latest.tick + 1 } : { time: latest.time + 1, tick: 0 }
}

/** What is displayed: nobody's message is from the future. */
export const shownTime = (claimed: number, arrivedAt: number): number => Math.min(claimed, arrivedAt)

export const isLate = (claimed: number, arrivedAt: number): boolean => arrivedAt - claimed > LATE_AFTER_MS
