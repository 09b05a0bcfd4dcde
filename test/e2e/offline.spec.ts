/** Offline is a normal state: everything can be read, everything written is sent later. */
import { expect, test } from './world.ts'

test('typed offline, reloaded in between, sent when the connection is back', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await alice.chat('bob').write('online')
  await bob.chat('alice').waitFor('online')
  // a first visit is kept for offline use once its service worker stands; a reload before that has nothing to show
  await alice.page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)

  await alice.cut()
  await alice.chat('bob').write('typed in a tunnel')
  expect(await alice.chat('bob').status('typed in a tunnel')).toBe('queued')
  await alice.page.reload()
  expect(await alice.chat('bob').texts()).toEqual(['online', 'typed in a tunnel'])
  expect(await alice.chat('bob').status('typed in a tunnel')).toBe('queued')
  await alice.chat('bob').write('still in the tunnel')

  await alice.mend()
  await bob.chat('alice').waitFor('still in the tunnel', undefined, { timeoutMs: 40_000 })
  expect(await bob.chat('alice').texts()).toEqual(['online', 'typed in a tunnel', 'still in the tunnel'])
  await alice.chat('bob').waitFor('still in the tunnel', 'delivered')
})

test('the server is dead: the app starts and shows all history', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  const all = Array.from({ length: 30 }, (_, at) => `line ${at + 1}`)
  for (const text of all) await bob.chat('alice').write(text)
  await alice.chat('bob').waitFor('line 30')
  await alice.page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)
  await alice.goAway()
  await world.relay.kill()
  await bob.goAway()

  await alice.comeBack()
  expect(await alice.chat('bob').texts()).toEqual(all)
  await expect(alice.page.locator('[data-id="connection"]').first()).toHaveAttribute('data-state', /offline|connecting/)
  await alice.chat('bob').write('written into the void')
  expect(await alice.chat('bob').status('written into the void')).toBe('queued')
  await alice.page.goto(`${alice.origin}/settings`)
  await expect(alice.page.locator('[data-screen="settings"]')).toBeVisible()
  // the licence of what the app carries comes with it: no address of the app, and there without a server
  await alice.page.goto(`${alice.origin}/licenses/openpgp-LGPL-3.0.txt`)
  await expect(alice.page.locator('body')).toContainText('GNU LESSER GENERAL PUBLIC LICENSE')
})

test('the receiver is cut off: the message waits at the sender and arrives once', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await alice.chat('bob').write('before')
  await bob.chat('alice').waitFor('before')
  await bob.cut()
  await alice.chat('bob').write('into silence')
  await bob.chat('alice').write('from silence')
  await bob.mend()
  await alice.chat('bob').waitFor('into silence', 'delivered', { timeoutMs: 40_000 })
  await alice.chat('bob').waitFor('from silence', undefined, { timeoutMs: 40_000 })
  await expect.poll(() => bob.chat('alice').texts()).toEqual(await alice.chat('bob').texts())
  expect((await alice.chat('bob').texts()).toSorted()).toEqual(['before', 'from silence', 'into silence'])
})
