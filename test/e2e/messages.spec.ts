/** What one does with messages all day. */
import { expect, test } from './world.ts'

test('reply, react, edit and remove reach the other side', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await alice.chat('bob').write('shall we eat at six?')
  await alice.chat('bob').write('this was a mistake')
  await bob.chat('alice').waitFor('this was a mistake')

  await bob.chat('alice').reply('shall we eat at six?', 'better at seven')
  await alice.chat('bob').waitFor('better at seven')
  const answer = alice.page.locator('[data-id="message"]', { hasText: 'better at seven' })
  await expect(answer.locator('[data-id="quote"]')).toContainText('shall we eat at six?')

  await bob.chat('alice').react('shall we eat at six?', '👍')
  await expect(alice.page.locator('[data-id="reaction"][data-emoji="👍"]')).toHaveAttribute('data-mine', 'false')
  await alice.chat('bob').react('shall we eat at six?', '👍')
  await expect(bob.page.locator('[data-id="reaction"][data-emoji="👍"]')).toHaveAttribute('data-count', '2')

  await alice.chat('bob').edit('shall we eat at six?', 'shall we eat at seven?')
  await bob.chat('alice').waitFor('shall we eat at seven?')
  await expect(bob.page.locator('[data-id="message"][data-edited="true"]')).toContainText('shall we eat at seven?')

  await alice.chat('bob').remove('this was a mistake')
  await expect.poll(() => bob.chat('alice').texts()).toEqual(['shall we eat at seven?', 'better at seven'])
  expect(await alice.chat('bob').texts()).toEqual(['shall we eat at seven?', 'better at seven'])
})

test('search in the chat finds and jumps, a draft survives a reload, several lines stay several', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  for (const text of ['the needle is here', 'hay', 'more hay', 'first line\nsecond line'])
    await alice.chat('bob').write(text)
  await bob.chat('alice').waitFor('first line\nsecond line')
  const { page } = alice

  await page.locator('[data-id="chat-search"]').click()
  await page.locator('[data-id="chat-search-input"]').fill('needle')
  await expect(page.locator('[data-id="chat-search-hit"]')).toHaveCount(1)
  await page.keyboard.press('Escape')

  await page.locator('[data-id="composer"]').fill('not yet finished')
  await expect.poll(() => bob.chat('alice').last()).toBe('first line\nsecond line')
  await expect(page.locator('[data-id="chat-row"][data-name="bob"]')).toContainText('not yet finished')
  await page.reload()
  await expect(page.locator('[data-id="composer"]')).toHaveValue('not yet finished')
})

test('a stranger is a request: nothing leaves before it is accepted, then the chat is open', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  const did = await alice.page.evaluate(async () => {
    for await (const account of globalThis.cryptochat?.node.watchAccount() ?? []) {
      if (account.state === 'ready') return account.did
    }
    return ''
  })
  await alice.inviteLink() // waits until alice is reachable, so that her head is published
  await expect
    .poll(() => bob.page.evaluate(async (id) => (await globalThis.cryptochat?.node.findSomeone(id))?.outcome, did))
    .toBe('found')
  const chat = await bob.page.evaluate(async (id) => {
    const found = await globalThis.cryptochat?.node.findSomeone(id)
    return found?.outcome === 'found' ? found.chat : ''
  }, did)
  await bob.page.goto(`${bob.origin}/chat/${chat}`)
  await bob.page.locator('[data-id="composer"]').fill('you do not know me')
  await bob.page.locator('[data-id="send"]').click()

  await alice.page.goto(`${alice.origin}/requests`)
  const row = alice.page.locator('[data-id="chat-row"][data-name="bob"]')
  await expect(row).toBeVisible()
  await expect(bob.page.locator('[data-id="message"]')).toHaveAttribute('data-status', 'queued')
  await row.click()
  await expect(alice.page.locator('[data-id="message"]')).toContainText('you do not know me')
  await alice.page.locator('[data-id="accept-request"]').click()
  await alice.knows('bob')
  await expect(bob.page.locator('[data-id="message"]')).toHaveAttribute('data-status', /delivered|read/)
  await alice.chat('bob').write('now I do')
  await bob.chat('alice').waitFor('now I do')
})

test('blocking stops what they write, and is not told to them', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await bob.chat('alice').write('before')
  await alice.chat('bob').waitFor('before')
  await alice.chat('bob').texts()
  await alice.page.locator('[data-id="chat-title"]').click()
  await alice.page.locator('[data-screen="contact"] [data-id="block"]').click()
  const sure = alice.page.locator('dialog [data-id="block"], [data-id="confirm"], [data-id="confirm-block"]')
  const unblock = alice.page.locator('[data-screen="contact"] [data-id="unblock"]')
  await expect(sure.or(unblock).first()).toBeVisible()
  if (await sure.first().isVisible()) await sure.first().click()
  await expect(unblock).toBeVisible()

  await bob.chat('alice').write('into the wall')
  await expect.poll(() => alice.pathTo(bob)).toBe('none')
  expect(await bob.chat('alice').status('into the wall')).toBe('queued')
  expect(await alice.chat('bob').texts()).toEqual(['before'])

  await alice.page.goto(`${alice.origin}/`)
  await alice.chat('bob').texts()
  await alice.page.locator('[data-id="chat-title"]').click()
  await unblock.click()
  await bob.chat('alice').waitFor('into the wall', 'delivered', { timeoutMs: 40_000 })
})
