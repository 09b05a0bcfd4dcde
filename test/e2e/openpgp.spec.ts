/** ID8: a message leaves as an OpenPGP text by hand, and the other side reads it with a verdict about who signed. */
import { expect, test } from './world.ts'
import { SLOW_MS } from './secure.ts'

test('a message copied as OpenPGP opens for the one it was encrypted for, and for nobody else', async ({ world }) => {
  test.setTimeout(180_000)
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await alice.chat('bob').write('meet me at the weir')
  await bob.chat('alice').waitFor('meet me at the weir')

  const { page } = alice
  await page.getByText('meet me at the weir').last().click({ button: 'right' })
  await page.locator('[data-id="action-openpgp"]').click()
  await page.getByText(/Copied: signed, and encrypted for bob/).waitFor({ timeout: SLOW_MS })
  const armoured = await page.evaluate(() => navigator.clipboard.readText())
  expect(armoured).toMatch(/^-----BEGIN PGP MESSAGE-----/)
  expect(armoured).not.toContain('weir')

  const paste = async (person: typeof bob, text: string): Promise<void> => {
    await person.page.goto(`${person.origin}/settings/security`)
    await person.page.locator('[data-id="open-openpgp"]').click()
    await person.page.locator('[data-id="pgp-paste"]').fill(text)
    await person.page.locator('[data-id="pgp-open"]').click()
  }
  await paste(bob, armoured)
  const verdict = bob.page.locator('[data-id="pgp-verdict"]')
  await expect(verdict).toHaveAttribute('data-signature', 'good', { timeout: SLOW_MS })
  await expect(verdict).toContainText('alice')
  await expect(bob.page.locator('[data-id="pgp-text"]')).toHaveText('meet me at the weir')
  await bob.page.locator('[data-id="pgp-to-chat"]').click()
  await expect(bob.page.locator('[data-id="chat-title"]')).toContainText('alice')

  const carol = await world.newcomer('carol')
  await carol.firstRun()
  await paste(carol, armoured)
  await expect(carol.page.locator('dialog [role="alert"]')).toContainText('could not be opened', { timeout: SLOW_MS })
})
