/** Ten tabs are one device: what one shows, all show; whichever closes, nothing is lost. */
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './world.ts'

test('two tabs of one person stay in step', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  const second = await alice.newTab()
  await alice.chat('bob').write('written in the first')
  await second.locator('[data-id="chat-row"][data-name="bob"]').click()
  await expect(message(second, 'written in the first')).toBeVisible()

  await second.locator('[data-id="composer"]').fill('written in the second')
  await second.locator('[data-id="send"]').click()
  await expect(message(alice.page, 'written in the second')).toBeVisible()
  await bob.chat('alice').waitFor('written in the second')
  expect(await bob.chat('alice').texts()).toEqual(['written in the first', 'written in the second'])
  await alice.chat('bob').waitFor('written in the second', 'read')
  await expect(message(second, 'written in the second')).toHaveAttribute('data-status', 'read')
})

test('the tab that hosts the connection closes in mid-conversation: the other goes on, nothing is lost', async ({
  world
}) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await expect.poll(() => alice.pathTo(bob)).toBe('direct')
  const first = alice.page
  const second = await alice.newTab()
  await alice.chat('bob').write('before')
  for (let number = 1; number <= 5; number++) await bob.chat('alice').write(`while it closes ${number}`)
  await alice.closeTab(first)
  await bob.chat('alice').write('after it closed')

  expect(alice.page).toBe(second)
  await alice.chat('bob').waitFor('after it closed', undefined, { timeoutMs: 30_000 })
  await alice.chat('bob').write('I am still here')
  await bob.chat('alice').waitFor('I am still here', undefined, { timeoutMs: 30_000 })
  const all = [
    'before',
    ...[1, 2, 3, 4, 5].map((number) => `while it closes ${number}`),
    'after it closed',
    'I am still here'
  ]
  expect(await bob.chat('alice').texts()).toEqual(all)
  expect(await alice.chat('bob').texts()).toEqual(all)
})

test('the second tab closes: the first goes on', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  const second = await alice.newTab()
  await bob.chat('alice').write('to both tabs')
  await second.locator('[data-id="chat-row"][data-name="bob"]').click()
  await expect(message(second, 'to both tabs')).toBeVisible()
  await alice.closeTab(second)
  await alice.chat('bob').write('one tab is enough')
  await bob.chat('alice').waitFor('one tab is enough')
})

const message = (page: Page, text: string): Locator =>
  page.locator('[data-screen="chat"] [data-id="message"]', { has: page.locator('[data-id="text"]', { hasText: text }) })
