/**
 * `npm test [-- step …]`: every suite, one after the other, with what it needs installed and built first.
 * `--long` runs the same code with larger parameters (LONG=1) and writes bench/long.json.
 * Whatever happens, the last line is plain: `N passed, N failed`, over all suites.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.ts'
import { ensureTools, isDebianRoot } from './ensure-tools.ts'
import { findChromium } from './find-browsers.ts'
import { STEPS, type Step } from './test-plan.ts'
import { countTests, type Counts } from './test-report.ts'

interface Outcome extends Counts {
  readonly name: string
  readonly seconds: number
}

const isLong = process.argv.includes('--long')
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const folder = mkdtempSync(join(tmpdir(), 'cryptochat-test-'))

const commandOf = (step: Step, report: string): readonly string[] => {
  switch (step.runner) {
    case 'command':
      return step.args
    case 'vitest':
      return [
        'node_modules/vitest/vitest.mjs',
        'run',
        ...step.args,
        '--allowOnly=false', // a forgotten .only would pass over the rest
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`
      ]
    case 'playwright':
      return ['node_modules/@playwright/test/cli.js', 'test', ...step.args, '--forbid-only', '--reporter=list,json']
  }
}

const reportIn = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // the runner wrote none, which counts as a failure
  }
}

const run = (step: Step): Outcome => {
  process.stdout.write(`\n── ${step.name} ──\n`)
  if (step.runner === 'playwright' && !isDebianRoot && findChromium() === undefined) {
    process.stdout.write(`skipped: ${step.name} (no Chromium found)\n`)
    return { name: step.name, passed: 0, failed: 0, seconds: 0 }
  }
  const file = join(folder, `${step.name}.json`)
  const startedAt = performance.now()
  const { status } = spawnSync(process.execPath, commandOf(step, file), {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: file, ...(isLong ? { LONG: '1' } : {}) }
  })
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  return { name: step.name, seconds, ...countTests(step.runner, { status, report: reportIn(file) }) }
}

/** What every step needs. @throws Error when the machine cannot be made ready; nothing runs then. */
const prepare = (): void => {
  const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name))
  if (unknown.length > 0)
    throw new Error(`no such step: ${unknown.join(', ')}; there are ${STEPS.map((step) => step.name).join(', ')}`)
  ensureTools()
  ensureBuilt()
}

const runAll = (): Outcome[] => {
  try {
    prepare()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return [{ name: 'preparation', passed: 0, failed: 1, seconds: 0 }]
  }
  return STEPS.filter((step) => wanted.length === 0 || wanted.includes(step.name)).map(run)
}

const commit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'unknown' // a copy without its history
  }
}

const outcomes = runAll()
rmSync(folder, { recursive: true, force: true })

process.stdout.write('\n')
for (const { name, passed, failed, seconds } of outcomes) {
  const planned = (STEPS.find((step) => step.name === name)?.minutes ?? Infinity) * 60
  const late = !isLong && seconds > planned ? `, planned ${planned} s` : ''
  process.stdout.write(
    `${name.padEnd(12)} ${String(passed).padStart(5)} passed  ${String(failed).padStart(3)} failed  ${seconds} s${late}\n`
  )
}
if (isLong) writeFileSync('bench/long.json', `${JSON.stringify({ commit: commit(), outcomes }, null, 2)}\n`)
const sum = (key: 'passed' | 'failed'): number => outcomes.reduce((total, outcome) => total + outcome[key], 0)
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`)
process.exitCode = sum('failed') === 0 ? 0 : 1
