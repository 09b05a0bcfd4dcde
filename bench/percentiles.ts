/** Percentiles of measured times, rounded to what the clocks can tell. */

export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

const at = (sorted: readonly number[], share: number): number => {
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]
  if (value === undefined) throw new Error('nothing was measured')
  return Math.round(value * 100) / 100
}

export const percentiles = (times: readonly number[]): Percentiles => {
  const sorted = times.toSorted((a, b) => a - b)
  return { p50: at(sorted, 0.5), p95: at(sorted, 0.95), p99: at(sorted, 0.99) }
}

export const median = (times: readonly number[]): number =>
  at(
    times.toSorted((a, b) => a - b),
    0.5
  )
