/**
 * The world of a story: real relays, real browsers, and people who use them. Names, fields and signatures here are a
 * contract for stories outside this repository too.
 */
import { existsSync } from 'node:fs'
import { test as base, type TestInfo } from '@playwright/test'
import { createWorld, type RelayEnv, type World } from './create-world.ts'

export { expect } from '@playwright/test'
export type { Chat, Status } from './chat.ts'
export type { World } from './create-world.ts'
export type { Actor, Person } from './person.ts'
export type { TestRelay as Relay } from '../testnet.ts'

const runStory = async (
  use: (world: World) => Promise<void>,
  testInfo: TestInfo,
  relayEnv: RelayEnv
): Promise<void> => {
  if (!existsSync('dist/index.html')) throw new Error('there is no build to test: npm run build')
  const world = await createWorld(relayEnv)
  try {
    await use(world)
    if (testInfo.status !== testInfo.expectedStatus) await world.tell(testInfo.outputPath('world'))
  } finally {
    await world.end()
  }
}

export const test = base.extend<{ relayEnv: RelayEnv; world: World }>({
  relayEnv: [{}, { option: true }],
  world: async ({ relayEnv }, use, testInfo) => {
    await runStory(use, testInfo, relayEnv)
  }
})
