/**
 * `npm test [-- step …]`: every suite, one after the other, with what it needs installed and built first.
 * `--long` runs the same code with larger parameters (LONG=1) and writes bench/long.json.
 * Ends with one plain line, `N passed, N failed`, over all suites.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.ts'
import { ensureTools } from './ensure-tools.ts'
import { STEPS, type Step } from './test-plan.ts'

interface Outcome {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly seconds: number
}

const isLong = process.argv.includes('--long')
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const folder = mkdtempSync(join(tmpdir(), 'cryptochat-test-'))

interface Counts {
  readonly passed: number
  readonly failed: number
}

const fromVitest = (file: string): Counts => {
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    numFailedTestSuites: number
  }
  return {
    passed: report.numPassedTests,
    failed: Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0)
  }
}

const fromPlaywright = (file: string): Counts => {
  const { stats } = JSON.parse(readFileSync(file, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number }
  }
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky }
}

const commandOf = (step: Step, report: string): readonly string[] => {
  switch (step.runner) {
    case 'command':
      return step.args
    case 'vitest':
      return [
        'node_modules/vitest/vitest.mjs',
        'run',
        ...step.args,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`
      ]
    case 'playwright':
      return ['node_modules/@playwright/test/cli.js', 'test', ...step.args, '--reporter=list,json']
  }
}

const run = (step: Step): Outcome => {
  process.stdout.write(`\n── ${step.name} ──\n`)
  const report = join(folder, `${step.name}.json`)
  const startedAt = performance.now()
  const { status } = spawnSync(process.execPath, commandOf(step, report), {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report, ...(isLong ? { LONG: '1' } : {}) }
  })
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const good = status === 0
  let counts: Counts = { passed: good ? 1 : 0, failed: good ? 0 : 1 }
  if (step.runner !== 'command') {
    try {
      counts = step.runner === 'vitest' ? fromVitest(report) : fromPlaywright(report)
    } catch (error) {
      process.stdout.write(`${step.name} wrote no report: ${String(error)}\n`)
      counts = { passed: 0, failed: 1 }
    }
    // a runner that failed without a failed test (a crash, a worker that died) has failed all the same
    if (!good && counts.failed === 0) counts = { ...counts, failed: 1 }
  }
  return { name: step.name, seconds, ...counts }
}

ensureTools()
ensureBuilt()
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name))
if (unknown.length > 0)
  throw new Error(`no such step: ${unknown.join(', ')}; there are ${STEPS.map((step) => step.name).join(', ')}`)
const outcomes = STEPS.filter((step) => wanted.length === 0 || wanted.includes(step.name)).map(run)
rmSync(folder, { recursive: true, force: true })

process.stdout.write('\n')
for (const { name, passed, failed, seconds } of outcomes) {
  const planned = (STEPS.find((step) => step.name === name)?.minutes ?? 0) * 60
  const late = !isLong && seconds > planned ? `, planned ${planned} s` : ''
  process.stdout.write(
    `${name.padEnd(12)} ${String(passed).padStart(5)} passed  ${String(failed).padStart(3)} failed  ${seconds} s${late}\n`
  )
}
if (isLong) {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
  writeFileSync('bench/long.json', `${JSON.stringify({ commit, outcomes }, null, 2)}\n`)
}
const sum = (key: 'passed' | 'failed'): number => outcomes.reduce((total, outcome) => total + outcome[key], 0)
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`)
process.exitCode = sum('failed') === 0 ? 0 : 1
