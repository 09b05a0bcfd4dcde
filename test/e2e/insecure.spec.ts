/** On plain http of another machine a browser gives no encryption: one plain page says so. */
import { expect, test } from './world.ts'

test('an insecure origin shows the one plain page that says why nothing can work', async ({ world }) => {
  const address = new URL(world.relay.url)
  const alice = await world.newcomer('alice', { args: [`--host-resolver-rules=MAP chat.example ${address.hostname}`] })
  await alice.page.goto(`http://chat.example:${address.port}/`)
  await expect(alice.page.locator('[data-screen="insecure"]')).toBeVisible()
  await expect(alice.page.locator('[data-screen="insecure"]')).toContainText('https')
  expect(await alice.page.evaluate(() => globalThis.isSecureContext)).toBe(false)
  await expect(alice.page.locator('[data-screen="welcome"]')).toHaveCount(0)
  expect(alice.lines.filter((line) => line.startsWith('pageerror'))).toEqual([])
})
