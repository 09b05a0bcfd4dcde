/**
 * Many seeds, in processes of their own, kept in bench/sim.json after each few: started again with the same figures it goes
 * on where it was. Seeds that broke a promise are listed with the command that shows them.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runSim } from './command.ts'
import type { SimResult } from './result.ts'
import { whatIsWrong } from './result.ts'

export interface BatchOptions {
  readonly from: number
  readonly to: number
  readonly steps: number
  readonly people: number
  readonly suite?: string
  readonly jobs: number
}

const FILE = path.join(import.meta.dirname, '..', '..', 'bench', 'sim.json')
/** A process each; a crash costs no more than these. */
const AT_ONCE = 10

const SUMS = ['sent', 'delivered', 'lost', 'duplicated', 'diverged', 'unreadable', 'commits', 'rivalCommits'] as const
type Sum = (typeof SUMS)[number] | 'joins' | 'removals' | 'ms'
const ALL_SUMS: readonly Sum[] = [...SUMS, 'joins', 'removals', 'ms']

interface Kept {
  readonly what: Omit<BatchOptions, 'from' | 'to' | 'jobs'>
  readonly commit: string
  /** Seeds that are done, as ranges. */
  readonly done: readonly (readonly [number, number])[]
  readonly seeds: number
  readonly failed: readonly { readonly seed: number; readonly why: string }[]
  readonly sums: Readonly<Record<Sum, number>>
  readonly faults: Readonly<Record<string, number>>
  readonly slowestMs: number
}

export const runBatch = async ({ from, to, jobs, ...what }: BatchOptions): Promise<boolean> => {
  let kept = resume(what)
  const waiting: [number, number][] = []
  for (let seed = from; seed <= to; seed += AT_ONCE) waiting.push([seed, Math.min(to, seed + AT_ONCE - 1)])
  const isDone = ([first, last]: readonly [number, number]): boolean =>
    kept.done.some(([begin, end]) => begin <= first && last <= end)
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (isDone(next)) continue
      const [first, last] = next
      const { results, why } = await runSim(
        '--seeds',
        `${first}..${last}`,
        '--steps',
        `${what.steps}`,
        '--people',
        `${what.people}`,
        ...(what.suite === undefined ? [] : ['--suite', what.suite])
      )
      kept = add(kept, [first, last], results, why)
      writeFileSync(FILE, `${JSON.stringify(kept, undefined, 2)}\n`)
      process.stderr.write(`${kept.seeds} seeds, ${kept.failed.length} failed\n`)
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  return kept.failed.length === 0
}

const resume = (what: Kept['what']): Kept => {
  const before = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Kept) : undefined
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  if (before !== undefined && JSON.stringify(before.what) === JSON.stringify(what) && before.commit === commit) {
    return before
  }
  const sums = Object.fromEntries(ALL_SUMS.map((name) => [name, 0])) as Record<Sum, number>
  return { what, commit, done: [], seeds: 0, failed: [], sums, faults: {}, slowestMs: 0 }
}

const add = (kept: Kept, [first, last]: [number, number], results: readonly SimResult[], why: string): Kept => {
  const sums = { ...kept.sums }
  const faults: Record<string, number> = { ...kept.faults }
  const failed = [...kept.failed]
  for (const result of results) {
    for (const name of ALL_SUMS) sums[name] += result[name]
    for (const [name, count] of Object.entries(result.faults)) faults[name] = (faults[name] ?? 0) + count
    const wrong = whatIsWrong(result)
    if (wrong.length > 0) failed.push({ seed: result.seed, why: wrong.join(', ') })
  }
  // a process that died has said so, and not finished
  if (results.length < last - first + 1) failed.push({ seed: first + results.length, why: why.slice(-400) })
  const slowestMs = Math.max(kept.slowestMs, ...results.map(({ ms }) => ms))
  return {
    ...kept,
    done: join([...kept.done, [first, last]]),
    seeds: kept.seeds + results.length,
    failed,
    sums,
    faults,
    slowestMs
  }
}

const join = (ranges: readonly (readonly [number, number])[]): Kept['done'] => {
  const joined: (readonly [number, number])[] = []
  for (const [first, last] of ranges.toSorted(([a], [b]) => a - b)) {
    const before = joined.at(-1)
    if (before !== undefined && before[1] + 1 >= first)
      joined[joined.length - 1] = [before[0], Math.max(before[1], last)]
    else joined.push([first, last])
  }
  return joined
}
