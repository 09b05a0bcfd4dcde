/** Stock Firefox with Chromium: the same app, directly connected. */
import { isDebianRoot } from '../../scripts/ensure-tools.ts'
import { findFirefox } from '../../scripts/find-browsers.ts'
import { suiteOf } from './group.ts'
import { expect, test } from './world.ts'

test.skip(findFirefox() === undefined && !isDebianRoot, 'no Firefox found')

test('Firefox and Chromium chat directly over WebRTC, both ways', async ({ world }) => {
  test.setTimeout(90_000)
  const [alice, bob] = await world.people('alice', 'bob@firefox')
  await alice.pairWith(bob)
  await alice.chat('bob').write('from Chromium')
  await bob.chat('alice').waitFor('from Chromium')
  await bob.chat('alice').write('from Firefox')
  await alice.chat('bob').waitFor('from Firefox')
  await alice.chat('bob').waitFor('from Chromium', 'read')
  await bob.chat('alice').waitFor('from Firefox', 'read')
  await expect.poll(() => alice.pathTo(bob)).toBe('direct')
  await expect.poll(() => bob.pathTo(alice)).toBe('direct')
  // SU1: post-quantum, on both sides
  await expect.poll(() => suiteOf(alice, 'bob'), { timeout: 30_000 }).toBe('mls-xwing')
  await expect.poll(() => suiteOf(bob, 'alice'), { timeout: 30_000 }).toBe('mls-xwing')
  await bob.chat('alice').write('with fresh keys')
  await alice.chat('bob').waitFor('with fresh keys')
})

test('Firefox invites, goes away and comes back with all it knew', async ({ world }) => {
  test.setTimeout(90_000)
  const [bob, alice] = await world.people('bob@firefox', 'alice')
  await bob.pairWith(alice)
  await alice.chat('bob').write('remember this')
  await bob.chat('alice').waitFor('remember this')
  await bob.goAway()
  await alice.chat('bob').write('while you were away')
  await bob.comeBack()
  await bob.chat('alice').waitFor('while you were away', undefined, { timeoutMs: 30_000 })
  expect(await bob.chat('alice').texts()).toEqual(['remember this', 'while you were away'])
})
