/** DV5: the account moves to another device by a file; the old device knows that it was replaced. */
import { NO_SAVE_DIALOG, backUp, restore, SLOW_MS, startRestore } from './secure.ts'
import { expect, test } from './world.ts'

const PASSPHRASE = 'a file needs a passphrase too'

test('backup and restore: everything is there, the old device is shut out, contacts write to the new one', async ({
  world
}) => {
  test.setTimeout(240_000)
  const [bob] = await world.people('bob')
  const old = await world.newcomer('alice', { initScript: NO_SAVE_DIALOG })
  await old.firstRun()
  await old.pairWith(bob)
  await old.chat('bob').write('remember me')
  await bob.chat('alice').waitFor('remember me')
  await bob.chat('alice').write('I do')
  await old.chat('bob').waitFor('I do')
  const file = await backUp(old, PASSPHRASE)

  const fresh = await world.newcomer('alice')
  await startRestore(fresh, file, 'not the passphrase')
  await expect(fresh.page.locator('[data-id="restore-problem"]')).toBeVisible({ timeout: SLOW_MS })
  await restore(fresh, file, PASSPHRASE)
  expect(await fresh.chat('bob').texts()).toEqual(['remember me', 'I do'])

  await fresh.chat('bob').write('from my new device')
  await bob.chat('alice').waitFor('from my new device', undefined, { timeoutMs: SLOW_MS })
  await bob.chat('alice').write('there you are')
  await fresh.chat('bob').waitFor('there you are', undefined, { timeoutMs: SLOW_MS })

  await expect(old.page.locator('[data-id="replaced"]')).toBeVisible({ timeout: SLOW_MS })
  expect(await old.chat('bob').texts()).not.toContain('there you are')
})
