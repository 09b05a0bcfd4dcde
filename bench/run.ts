/**
 * `npm run bench [-- group …]`: measures, writes `bench/results.json`, prints a table, and ends with one JSON line.
 * A group that cannot run is `{"error": …}` and exit 1, never absent. Nothing here asserts: aims stand beside figures.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { ensureBuilt } from '../scripts/ensure-built.ts'
import { measureLatency } from './latency.ts'
import { measureMls } from './mls.ts'
import { measureSearch } from './search.ts'
import { measureSize } from './size.ts'
import { measureStore } from './store.ts'

const GROUPS: Readonly<Record<string, () => unknown>> = {
  latency: measureLatency,
  size: measureSize,
  mls: measureMls,
  search: measureSearch,
  store: measureStore
}
const FILE = 'bench/results.json'

/** What issue 2 aims at, for the eye. */
const AIMS: Readonly<Record<string, string>> = {
  'latency.direct.p50': 'under 25 ms, and at most 3 × (bare round trip + two strict writes)',
  'latency.inviteToDelivered': 'under 5000 ms',
  'search.p95': 'under 150 ms',
  'search.first': 'under 1000 ms',
  'store.write.ratio': 'at most 1',
  'store.read.ratio': 'at most 1',
  'size.firstPaint': 'at most 40000 bytes',
  'size.nodeWorker': 'at most 400000 bytes (decision 0190)'
}

/** `DIST` names another build to measure. */
const build = (): void => {
  if (process.env['DIST'] === undefined) ensureBuilt()
}

const measure = async (group: string): Promise<unknown> => {
  try {
    const run = GROUPS[group]
    if (run === undefined) throw new Error(`there is no group ${group}, only ${Object.keys(GROUPS).join(', ')}`)
    build()
    return await run()
  } catch (cause) {
    process.stderr.write(`${group}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`)
    return { error: cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause) }
  }
}

const flat = (value: unknown, path = ''): [string, unknown][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => flat(inner, path === '' ? name : `${path}.${name}`))
    : [[path, value]]

const hasError = (value: unknown): boolean => typeof value === 'object' && value !== null && 'error' in value

const before = (): Record<string, unknown> => {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>
  } catch {
    return {} // the first run
  }
}

const commit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore']
    }).trim()
  } catch {
    return 'unknown' // a copy without its history
  }
}

const asked = process.argv.slice(2)
const results: Record<string, unknown> = {}
for (const group of asked.length === 0 ? Object.keys(GROUPS) : asked) results[group] = await measure(group)

// a misspelt group is answered, not kept
const kept = Object.fromEntries(Object.entries(results).filter(([group]) => group in GROUPS))
if (Object.keys(kept).length > 0) {
  const all = { ...before(), ...kept, commit: commit(), cpus: cpus().length }
  writeFileSync(FILE, `${JSON.stringify(all, undefined, 2)}\n`)
}
for (const [name, value] of flat(results)) {
  process.stdout.write(`${name.padEnd(28)} ${String(value).padStart(10)}   ${AIMS[name] ?? ''}\n`)
}
process.stdout.write(`${JSON.stringify(results)}\n`)
if (Object.values(results).some(hasError)) process.exitCode = 1
