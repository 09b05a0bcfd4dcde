/**
 * One config for every kind of test that runs in Node; Playwright has the browsers. Nothing is aliased here: tests
 * run the code that ships. A DOM test says `// @vitest-environment jsdom` at its top.
 */
import { preact } from '@preact/preset-vite'
import { defineConfig } from 'vitest/config'
import { scaled } from './test/long.ts'

const KINDS = ['unit', 'contracts', 'scenario', 'sim', 'fuzz', 'integration'] as const

/** Milliseconds before a single test counts as stuck; real sockets and real crypto need more than pure code. */
const STUCK_AFTER_MS: Readonly<Record<(typeof KINDS)[number], number>> = {
  unit: 10_000,
  contracts: 20_000,
  scenario: 30_000,
  sim: 180_000,
  fuzz: 60_000,
  integration: 60_000
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: KINDS.map((name) => ({
      plugins: [preact()],
      define: { __BUILD__: JSON.stringify('test') },
      test: {
        name,
        include: [`test/${name}/**/*.test.{ts,tsx}`],
        testTimeout: scaled(1, 10) * STUCK_AFTER_MS[name],
        hookTimeout: scaled(1, 10) * STUCK_AFTER_MS[name]
      }
    }))
  }
})
