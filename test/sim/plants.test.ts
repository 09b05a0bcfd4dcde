/** Planted bugs, each of which must be found within 20 seeds: what finds nothing proves nothing. */
import { expect, test } from 'vitest'
import { runSim } from './command.ts'
import { plants } from './plants.ts'

test.each(Object.entries(plants))('found within 20 seeds: %s', async (plant, { what }) => {
  const { code, results, why } = await runSim('--plant', plant, '--seeds', '1..20', '--steps', '80', '--people', '4')
  expect(code, what).toBe(1)
  // by what it does, not by something that did not happen
  const last = results.at(-1)
  expect(
    (last?.lost ?? 0) + (last?.duplicated ?? 0) + (last?.diverged ?? 0) + (last?.unreadable ?? 0),
    why
  ).toBeGreaterThan(0)
})

test('there are all the bugs that are asked for', () => {
  expect(Object.keys(plants).toSorted()).toEqual([
    'ack-before-write',
    'drop-outbox',
    'fold-by-arrival',
    'keep-removed-key',
    'no-dedupe',
    'resend-under-new-id',
    'skip-verify'
  ])
})
