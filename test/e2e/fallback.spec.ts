/** A browser without SharedWorker: one tab leads, the others are connected to it, and a closing leader is replaced. */
import { expect, test } from './world.ts'
import { readDebug } from './hook.ts'

const NO_SHARED_WORKER = 'delete globalThis.SharedWorker'

test('without SharedWorker two tabs share one node, and the leading tab may close', async ({ world }) => {
  const alice = await world.newcomer('alice', { initScript: NO_SHARED_WORKER })
  const [bob] = await world.people('bob')
  await alice.firstRun()
  await alice.pairWith(bob)
  expect((await readDebug(alice.tab))?.worker).toBe('dedicated')
  const leader = alice.page
  const second = await alice.newTab()
  await alice.chat('bob').write('from the leader')
  await second.locator('[data-id="chat-row"][data-name="bob"]').click()
  await expect(second.locator('[data-id="message"]', { hasText: 'from the leader' })).toBeVisible()
  await second.locator('[data-id="composer"]').fill('from the follower')
  await second.locator('[data-id="send"]').click()
  await bob.chat('alice').waitFor('from the follower')

  await alice.closeTab(leader)
  await bob.chat('alice').write('is anybody leading?')
  await alice.chat('bob').waitFor('is anybody leading?', undefined, { timeoutMs: 30_000 })
  await alice.chat('bob').write('I am')
  await bob.chat('alice').waitFor('I am', undefined, { timeoutMs: 30_000 })
  const all = ['from the leader', 'from the follower', 'is anybody leading?', 'I am']
  expect(await alice.chat('bob').texts()).toEqual(all)
  expect(await bob.chat('alice').texts()).toEqual(all)
})
