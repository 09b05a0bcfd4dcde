/** What `npm test` and `npm run test:long` run, in this order, and the minutes each may take on two cores. */
export interface Step {
  readonly name: string
  readonly minutes: number
  readonly runner: 'command' | 'vitest' | 'playwright'
  readonly args: readonly string[]
}

export const STEPS: readonly Step[] = [
  { name: 'verify', minutes: 2, runner: 'command', args: ['scripts/verify.ts'] },
  { name: 'unit', minutes: 1, runner: 'vitest', args: ['test/unit', 'test/contracts'] },
  { name: 'scenario', minutes: 2, runner: 'vitest', args: ['test/scenario'] },
  { name: 'sim', minutes: 3, runner: 'vitest', args: ['test/sim'] },
  { name: 'fuzz', minutes: 1, runner: 'vitest', args: ['test/fuzz'] },
  { name: 'integration', minutes: 3, runner: 'vitest', args: ['test/integration'] },
  { name: 'browser', minutes: 1, runner: 'playwright', args: ['--project=browser'] },
  { name: 'e2e', minutes: 5, runner: 'playwright', args: ['--project=e2e'] }
]
