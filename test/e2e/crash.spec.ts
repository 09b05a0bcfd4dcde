/** Devices die between any two steps; what was written arrives exactly once and in order. */
import { readDebug } from './hook.ts'
import { expect, test } from './world.ts'

test('a device killed between writing and sending sends after it came back: once, in order', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await alice.chat('bob').write('before')
  await bob.chat('alice').waitFor('before')

  await alice.cut()
  await alice.chat('bob').write('one')
  await alice.chat('bob').write('two')
  await alice.chat('bob').write('three')
  await alice.crash()
  expect(await bob.chat('alice').texts()).toEqual(['before'])

  await alice.comeBack()
  await bob.chat('alice').waitFor('three', undefined, { timeoutMs: 30_000 })
  expect(await bob.chat('alice').texts()).toEqual(['before', 'one', 'two', 'three'])
  await alice.chat('bob').waitFor('three', 'read')
  expect(await alice.chat('bob').texts()).toEqual(['before', 'one', 'two', 'three'])
})

test('the receiver is killed while messages arrive: each is there once', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  const all = Array.from({ length: 12 }, (_, at) => `message ${at + 1}`)
  for (const text of all.slice(0, 6)) await alice.chat('bob').write(text)
  await bob.crash()
  for (const text of all.slice(6)) await alice.chat('bob').write(text)
  await bob.comeBack()
  await alice.chat('bob').waitFor('message 12', 'delivered', { timeoutMs: 30_000 })
  expect(await bob.chat('alice').texts()).toEqual(all)
})

test('the worker dies under an open tab: it starts again without a reload, without losing a keystroke', async ({
  world
}) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await alice.chat('bob').write('before')
  await bob.chat('alice').waitFor('before')
  // the worker lives in the process of the tab that started it: a second tab stays when that one crashes
  const first = alice.page
  const second = await alice.newTab()
  await second.locator('[data-id="chat-row"][data-name="bob"]').click()
  await second.locator('[data-id="composer"]').fill('half a sentence')
  const loadedAt = await second.evaluate(() => performance.timeOrigin)

  const startedAt = (await readDebug(alice.tab))?.startedAt

  const control = await first.context().newCDPSession(first)
  const crashed = first.waitForEvent('crash')
  // never answered: who should answer is dead
  control.send('Page.crash').catch(() => undefined)
  await crashed
  await first.close()

  await expect(second.locator('[data-id="composer"]')).toHaveValue('half a sentence')
  await second.locator('[data-id="composer"]').fill('half a sentence, and the rest')
  await second.locator('[data-id="send"]').click()
  await bob.chat('alice').waitFor('half a sentence, and the rest', undefined, { timeoutMs: 40_000 })
  expect(await second.evaluate(() => performance.timeOrigin)).toBe(loadedAt)
  // it really was another worker, or this story proves nothing
  expect((await readDebug(alice.tab))?.startedAt).not.toBe(startedAt)
  expect(await bob.chat('alice').texts()).toEqual(['before', 'half a sentence, and the rest'])
})
