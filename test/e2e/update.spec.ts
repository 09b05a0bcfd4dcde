/** A new build while a tab is open: it is announced, never forced, and a half-written message survives it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readDebug } from './hook.ts'
import { expect, test } from './world.ts'

const served = mkdtempSync(join(tmpdir(), 'cryptochat-served-'))
const next = join(served, 'next')
const now = join(served, 'now')
cpSync(process.env['DIST'] ?? 'dist', now, { recursive: true })

test.use({ relayEnv: { DIST: now } })
test.afterAll(() => {
  rmSync(served, { recursive: true, force: true })
})

test('a new build while a tab is open is offered, keeps drafts, and talks on with the old one', async ({ world }) => {
  test.setTimeout(120_000)
  const building = spawn(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', '--outDir', next, '--logLevel', 'error'],
    {
      env: { ...process.env, BUILD_ID: 'the-next-build' },
      stdio: ['ignore', 'ignore', 'inherit']
    }
  )
  const built = once(building, 'exit')
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await alice.chat('bob').write('before the update')
  await bob.chat('alice').waitFor('before the update')
  await alice.page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)
  expect((await built)[0]).toBe(0)

  const { page } = alice
  await page.locator('[data-id="composer"]').fill('a draft that must survive')
  await world.relay.stop()
  rmSync(now, { recursive: true })
  cpSync(next, now, { recursive: true })
  await world.relay.start()
  const loadedAt = await page.evaluate(() => performance.timeOrigin)
  const buildBefore = (await readDebug(alice.tab))?.build
  expect(buildBefore).not.toBe('the-next-build')

  await page.evaluate(async () => (await navigator.serviceWorker.ready).update())
  await expect(page.locator('[data-id="update-ready"]')).toBeVisible()
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(loadedAt)
  await expect(page.locator('[data-id="composer"]')).toHaveValue('a draft that must survive')

  await page.locator('[data-id="update-apply"]').click()
  await page.waitForFunction((before) => performance.timeOrigin !== before, loadedAt)
  await expect.poll(async () => (await readDebug(alice.tab))?.build, { timeout: 20_000 }).toBe('the-next-build')
  await expect(page.locator('[data-id="composer"]')).toHaveValue('a draft that must survive')
  await page.locator('[data-id="send"]').click()
  await bob.chat('alice').waitFor('a draft that must survive', undefined, { timeoutMs: 30_000 })
  expect(await bob.chat('alice').texts()).toEqual(['before the update', 'a draft that must survive'])
})
