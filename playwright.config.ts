/**
 * `browser`: rooms that only a real browser can prove. `e2e`: whole stories in `test/e2e/world.ts`. A failure is never
 * retried: a story that fails now and then has found something.
 */
import { defineConfig } from '@playwright/test'
import { findChromium } from './scripts/find-browsers.ts'

const executablePath = findChromium()

export default defineConfig({
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  outputDir: 'test-results',
  forbidOnly: process.env['CI'] !== undefined,
  use: {
    headless: true,
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      chromiumSandbox: process.getuid?.() !== 0,
      args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync']
    }
  },
  projects: [
    { name: 'browser', testDir: 'test/browser', testMatch: '*.spec.ts' },
    { name: 'e2e', testDir: 'test/e2e', testMatch: '*.spec.ts' }
  ]
})
