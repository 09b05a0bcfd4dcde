/** A locked device shows nothing and takes nothing; opened again it goes on where it was. */
import { byText } from './note.ts'
import { lock, setPassphrase, SLOW_MS, tryToUnlock, unlock } from './secure.ts'
import { expect, test } from './world.ts'

const PASSPHRASE = 'correct horse battery staple'

test('lock and unlock: nothing is shown meanwhile, and what came meanwhile arrives', async ({ world }) => {
  test.setTimeout(180_000)
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await alice.chat('bob').write('before the lock')
  await bob.chat('alice').waitFor('before the lock')

  await setPassphrase(alice, PASSPHRASE)
  await lock(alice)
  await expect(alice.page.locator('body')).not.toContainText('before the lock')
  await bob.chat('alice').write('while locked')
  expect(await bob.chat('alice').status('while locked')).toBe('queued')

  // neither does a new start open it
  await alice.page.reload()
  await tryToUnlock(alice, 'wrong horse battery staple')
  await expect(alice.page.locator('[data-screen="locked"] [role="alert"]')).toBeVisible({ timeout: SLOW_MS })
  await unlock(alice, PASSPHRASE)
  await alice.chat('bob').waitFor('while locked', undefined, { timeoutMs: SLOW_MS })
  expect(await alice.chat('bob').texts()).toEqual(['before the lock', 'while locked'])
  await alice.chat('bob').write('after the lock')
  await bob.chat('alice').waitFor('after the lock')
})

test('a device that died locked comes back locked, with nothing lost', async ({ world }) => {
  test.setTimeout(180_000)
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await setPassphrase(alice, PASSPHRASE)
  await alice.chat('bob').write('on the disk')
  await bob.chat('alice').waitFor('on the disk')
  await lock(alice)
  await alice.crash()
  await alice.comeBackLocked()
  await unlock(alice, PASSPHRASE)
  expect(await alice.chat('bob').texts()).toEqual(['on the disk'])
  await expect(byText(alice, 'on the disk')).toBeVisible()
})
