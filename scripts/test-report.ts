/**
 * How many tests of a step passed and failed, read from what its runner wrote. Whatever is not plainly good counts as
 * failed: a runner that ended badly, wrote nothing, or executed no test at all.
 */
import type { Step } from './test-plan.ts'

export interface Counts {
  readonly passed: number
  readonly failed: number
}

interface Read extends Counts {
  readonly skipped: number
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
  readonly numPendingTests: number
}

interface PlaywrightReport {
  readonly stats: {
    readonly expected: number
    readonly unexpected: number
    readonly flaky: number
    readonly skipped: number
  }
}

const readVitest = (report: VitestReport): Read => ({
  passed: report.numPassedTests,
  // a file that does not even load has no failed test
  failed: Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0),
  skipped: report.numPendingTests
})

const readPlaywright = ({ stats }: PlaywrightReport): Read => ({
  passed: stats.expected,
  failed: stats.unexpected + stats.flaky,
  skipped: stats.skipped
})

const FAILED: Counts = { passed: 0, failed: 1 }

/** `status`: the exit code, null when a signal ended the runner. `report`: what it wrote, undefined when nothing. */
export const countTests = (
  runner: Step['runner'],
  { status, report }: { readonly status: number | null; readonly report: string | undefined }
): Counts => {
  const isGood = status === 0
  if (runner === 'command') return isGood ? { passed: 1, failed: 0 } : FAILED
  if (report === undefined) return FAILED
  let read: Read
  try {
    read =
      runner === 'vitest'
        ? readVitest(JSON.parse(report) as VitestReport)
        : readPlaywright(JSON.parse(report) as PlaywrightReport)
  } catch {
    return FAILED // cut off in the middle
  }
  const { passed, failed, skipped } = read
  if (!Number.isSafeInteger(passed + failed)) return FAILED
  const ranNothing = passed + failed + skipped === 0
  return { passed, failed: failed === 0 && (!isGood || ranNothing) ? 1 : failed }
}
