/** Search over everything, in two windows at once, through a lock; and a device that forgets all in every window. */
import { lock, setPassphrase, SLOW_MS, unlock } from './secure.ts'
import { expect, test } from './world.ts'

const PASSPHRASE = 'correct horse battery staple'

test('a hit leads to its message; locked, no window shows or finds anything; erased, every window begins anew', async ({
  world
}) => {
  test.setTimeout(240_000)
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await alice.chat('bob').write('silver needle in the Straße')
  await bob.chat('alice').waitFor('silver needle in the Straße')
  await bob.chat('alice').write('and a haystack')
  await alice.chat('bob').waitFor('and a haystack')

  const other = await alice.page.context().newPage()
  const byId = (id: string) => other.locator(`[data-id="${id}"]`)
  await other.goto(`${alice.origin}/`)
  await byId('search-input').fill('strasse')
  await expect(byId('search-hit')).toHaveCount(1, { timeout: SLOW_MS })
  await expect(byId('search-hit').locator('mark')).toHaveText('Straße')
  await byId('search-filters').click()
  await byId('find-person').selectOption({ label: 'bob' })
  await expect(byId('search-hit')).toHaveCount(0)
  await byId('find-clear').click()
  await byId('search-hit').click()
  await expect(other).toHaveURL(/\/chat\/.+at=/)
  const { href } = new URL(other.url())

  await setPassphrase(alice, PASSPHRASE)
  await lock(alice)
  await other.locator('[data-screen="locked"]').waitFor({ timeout: SLOW_MS })
  await expect(other.locator('body')).not.toContainText('needle')
  await expect(other).toHaveTitle('CryptoChat')
  await unlock(alice, PASSPHRASE)
  await byId('chat-title').waitFor({ timeout: SLOW_MS })
  expect(other.url()).toBe(href)
  await byId('search-input').fill('hayst')
  await expect(byId('search-hit')).toHaveCount(1, { timeout: SLOW_MS })

  await alice.page.goto(`${alice.origin}/settings/security`)
  const here = (id: string) => alice.page.locator(`[data-id="${id}"]`)
  await here('wipe').click()
  await here('wipe-word').fill('erase')
  await here('wipe-confirm').click()
  for (const page of [alice.page, other]) await page.locator('[data-screen="welcome"]').waitFor({ timeout: SLOW_MS })
})
