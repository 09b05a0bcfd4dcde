/** The main job: open the app, send a link, and chat. */
import { expect, test } from './world.ts'

test('two newcomers chat within one link: name, link, first message, answer, both read', async ({ world }) => {
  const alice = await world.newcomer('alice')
  const bob = await world.newcomer('bob')
  const { page } = alice

  await page.goto(`${alice.origin}/`)
  await page.locator('[data-screen="welcome"] [data-id="name-input"]').fill('alice')
  await page.locator('[data-screen="welcome"] [data-id="continue"]').click()
  const shown = page.locator('[data-screen="link"] [data-id="invite-link"]')
  await expect(shown).toContainText('/#i/')
  const link = (await shown.textContent())?.trim() ?? ''
  expect(link.length).toBeLessThanOrEqual(400)
  await page.locator('[data-screen="link"] [data-id="continue"]').click()

  await bob.page.goto(link)
  await bob.page.locator('[data-id="name-input"]').fill('bob')
  await bob.page.locator('[data-id="continue"]').click()
  await expect(bob.page.locator('[data-screen="chat"] [data-id="chat-title"]')).toContainText('alice')
  await expect(bob.page.locator('[data-id="composer"]')).toBeFocused()

  await bob.chat('alice').write('hello, is this thing on?')
  await alice.chat('bob').waitFor('hello, is this thing on?')
  await alice.chat('bob').write('loud and clear')
  await bob.chat('alice').waitFor('loud and clear')
  await bob.chat('alice').waitFor('hello, is this thing on?', 'read')
  await alice.chat('bob').waitFor('loud and clear', 'read')
  expect(await alice.chat('bob').texts()).toEqual(['hello, is this thing on?', 'loud and clear'])
  expect(await bob.chat('alice').texts()).toEqual(['hello, is this thing on?', 'loud and clear'])
})

test('a link works while the inviter is offline: what is written waits and arrives when both are online', async ({
  world
}) => {
  const [alice] = await world.people('alice')
  const link = await alice.inviteLink()
  await alice.goAway()

  const bob = await world.newcomer('bob')
  await bob.open(link)
  await bob.chat('alice').write('you are not there')
  await bob.chat('alice').write('but you will be')
  expect(await bob.chat('alice').status('you are not there')).toBe('queued')

  await alice.comeBack()
  await bob.chat('alice').waitFor('but you will be', 'delivered', { timeoutMs: 30_000 })
  expect(await alice.chat('bob').texts()).toEqual(['you are not there', 'but you will be'])
  await alice.chat('bob').write('I am now')
  await bob.chat('alice').waitFor('I am now')
})

test('a pasted link opens the chat, and a second time leads to the same one', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  const link = await alice.inviteLink()
  const { page } = bob
  await page.locator('[data-id="new-chat"]').first().click()
  await page.locator('[data-id="paste-link"]').fill(link)
  await page.locator('[data-id="open-link"]').click()
  await page.locator('[data-id="accept-invite"]').click()
  await expect(page.locator('[data-screen="chat"] [data-id="chat-title"]')).toContainText('alice')
  const address = new URL(page.url()).pathname
  await bob.chat('alice').write('once')

  await bob.open(link)
  expect(new URL(page.url()).pathname).toBe(address)
  expect(await bob.chat('alice').texts()).toEqual(['once'])
})

test('mutual invites are one chat', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await alice.chat('bob').write('from the first link')
  await bob.chat('alice').waitFor('from the first link')
  await bob.pairWith(alice)
  await alice.chat('bob').write('from the second')
  await bob.chat('alice').waitFor('from the second')
  expect(await bob.chat('alice').texts()).toEqual(['from the first link', 'from the second'])
  await expect(bob.page.locator('[data-id="chat-row"][data-name="alice"]')).toHaveCount(1)
})
