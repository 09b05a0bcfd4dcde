/** Every screen of the app, for the stories that must look at all of them. */
import { expect } from '@playwright/test'
import type { Actor } from './person.ts'
import { lock, setPassphrase } from './secure.ts'

export type Look = (screen: string) => Promise<void>

const SETTINGS = [
  'profile',
  'appearance',
  'privacy',
  'network',
  'security',
  'backup',
  'storage',
  'shortcuts',
  'about'
] as const

/** `alice` has not opened the app yet; `bob` has, and a third person has written to alice as a stranger if wanted. */
export const tourOf = async (alice: Actor, bob: Actor, look: Look): Promise<void> => {
  const { page, origin } = alice
  const see = async (screen: string): Promise<void> => {
    await expect(page.locator(`[data-screen="${screen}"]`)).toBeVisible()
    await look(screen)
  }
  await page.goto(`${origin}/`)
  await see('welcome')
  await page.locator('[data-id="restore-backup"]').click()
  await see('restore')
  await page.locator('[data-id="restore-back"]').click()
  await page.locator('[data-id="name-input"]').fill('alice')
  await page.locator('[data-id="continue"]').click()
  await expect(page.locator('[data-id="invite-link"]')).toContainText('/#i/')
  await see('link')
  await page.locator('[data-id="continue"]').click()
  await see('chats')

  await page.goto(await bob.inviteLink())
  await see('invite')
  await page.locator('[data-id="accept-invite"]').click()
  await see('chat')
  await alice.chat('bob').write('a line with a link, https://example.org, and *weight*')
  await bob.chat('alice').waitFor('a line with a link, https://example.org, and *weight*')
  await bob.chat('alice').write('an answer')
  await bob.chat('alice').react('a line with a link, https://example.org, and *weight*', '👍')
  await alice.chat('bob').waitFor('an answer')
  await alice.chat('bob').reply('an answer', 'quoted')
  await alice.chat('bob').waitFor('quoted', 'delivered')
  await look('chat with messages')

  await page.locator('[data-id="message"][data-mine="true"]').last().locator('[data-id="status"]').click()
  await see('delivery')
  await page.goto(`${origin}/`)
  await alice.chat('bob').texts()
  await page.locator('[data-id="chat-title"]').click()
  await see('contact')

  await page.goto(`${origin}/new/group`)
  await expect(page.locator('[data-id="group-member-option"]')).toBeVisible()
  await page.locator('[data-id="group-name"]').fill('Hikers')
  await page.locator('[data-id="group-member-option"]').click()
  await page.locator('[data-id="group-advanced"]').click()
  await see('new-group')
  await page.locator('[data-id="group-create"]').click()
  await page.locator('[data-id="composer"]').fill('welcome @')
  await expect(page.locator('[data-id="mention-option"]')).toBeVisible()
  await look('chat of a group with a mention')
  await page.locator('[data-id="mention-option"]').click()
  await page.keyboard.press('Enter')
  await page.locator('[data-id="chat-title"]').click()
  await expect(page.locator('[data-id="member-row"]')).toHaveCount(2)
  await see('group')
  await page.locator('[data-id="open-note"]').click()
  await page.locator('[data-id="note-text"]').fill('bring water')
  await see('note')

  for (const path of ['settings', 'requests', 'debug'] as const) {
    await page.goto(`${origin}/${path}`)
    await see(path)
  }
  await page.goto(`${origin}/new`)
  await see('new-chat')
  for (const name of SETTINGS) {
    await page.goto(`${origin}/settings/${name}`)
    await see(`settings-${name}`)
  }
  await page.goto(`${origin}/settings/security`)
  await page.locator('[data-id="open-openpgp"]').click()
  await expect(page.locator('[data-id="pgp-paste"]')).toBeVisible()
  await look('an OpenPGP text to open')
  await page.goto(`${origin}/`)
  await page.locator('[data-id="search-input"]').fill('answer')
  await page.locator('[data-id="search-filters"]').click()
  await expect(page.locator('[data-id="search-hit"]').first()).toBeVisible()
  await look('search with filters')

  await setPassphrase(alice, 'correct horse battery staple')
  await look('a device with a lock')
  await lock(alice)
  await see('locked')
}
