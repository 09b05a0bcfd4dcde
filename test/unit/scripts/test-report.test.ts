import { expect, test } from 'vitest'
import { countTests } from '../../../scripts/test-report.ts'

const vitest = (numPassedTests: number, numFailedTests: number, numFailedTestSuites = 0, numPendingTests = 0): string =>
  JSON.stringify({ numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests })
const playwright = (expected: number, unexpected: number, flaky = 0, skipped = 0): string =>
  JSON.stringify({ stats: { expected, unexpected, flaky, skipped } })

test('what a runner reports is what counts', () => {
  expect(countTests('vitest', { status: 0, report: vitest(12, 0) })).toEqual({ passed: 12, failed: 0 })
  expect(countTests('vitest', { status: 1, report: vitest(11, 1, 1) })).toEqual({ passed: 11, failed: 1 })
  expect(countTests('playwright', { status: 0, report: playwright(7, 0) })).toEqual({ passed: 7, failed: 0 })
  expect(countTests('playwright', { status: 1, report: playwright(5, 2) })).toEqual({ passed: 5, failed: 2 })
  expect(countTests('command', { status: 0, report: undefined })).toEqual({ passed: 1, failed: 0 })
  expect(countTests('command', { status: 2, report: undefined })).toEqual({ passed: 0, failed: 1 })
})

test('a test that passes only at the second try has failed', () => {
  expect(countTests('playwright', { status: 0, report: playwright(5, 0, 1) })).toEqual({ passed: 5, failed: 1 })
})

test('a runner that ends badly, or by a signal, has failed without any failed test', () => {
  expect(countTests('vitest', { status: 1, report: vitest(12, 0) })).toEqual({ passed: 12, failed: 1 })
  expect(countTests('playwright', { status: null, report: playwright(3, 0) })).toEqual({ passed: 3, failed: 1 })
  expect(countTests('vitest', { status: 1, report: vitest(0, 0, 1) })).toEqual({ passed: 0, failed: 1 })
  expect(countTests('command', { status: null, report: undefined })).toEqual({ passed: 0, failed: 1 })
})

test('a runner that writes no report, or none that can be read, has failed', () => {
  for (const report of [undefined, '', '{"numPassedTests":', '{}', 'null']) {
    expect(countTests('vitest', { status: 0, report })).toEqual({ passed: 0, failed: 1 })
    expect(countTests('playwright', { status: 0, report })).toEqual({ passed: 0, failed: 1 })
  }
})

test('a runner that executes no test has failed, one whose tests were all skipped has not', () => {
  expect(countTests('vitest', { status: 0, report: vitest(0, 0) })).toEqual({ passed: 0, failed: 1 })
  expect(countTests('playwright', { status: 0, report: playwright(0, 0) })).toEqual({ passed: 0, failed: 1 })
  expect(countTests('playwright', { status: 0, report: playwright(0, 0, 0, 2) })).toEqual({ passed: 0, failed: 0 })
})
