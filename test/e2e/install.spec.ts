/** It can be installed: the browser itself finds nothing that stands against it. */
import { expect, test } from './world.ts'

test('the browser finds the app installable, and the manifest without errors', async ({ world }) => {
  const [alice] = await world.people('alice')
  const { page } = alice
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)
  const control = await page.context().newCDPSession(page)
  const manifest = await control.send('Page.getAppManifest')
  expect(manifest.url).not.toBe('')
  expect(manifest.errors).toEqual([])
  const { installabilityErrors } = await control.send('Page.getInstallabilityErrors')
  expect(installabilityErrors).toEqual([])
})
