/** A new build while tabs are open: announced, never forced; who agrees gets it, who has not is told, nobody waits. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { applyUpdate, linkOf, untilState } from './page-link.ts'
import { serveApp } from './serve-app.ts'

const NEXT = 'the-next-build'
const folder = mkdtempSync(join(tmpdir(), 'cryptochat-update-'))
const next = join(folder, 'next')
const served = join(folder, 'served')

// one worker: the second build is made once
test.describe.configure({ mode: 'default' })

test.beforeAll(() => {
  test.setTimeout(120_000)
  cpSync(process.env['DIST'] ?? 'dist', served, { recursive: true })
  const build = spawnSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--outDir', next], {
    env: { ...process.env, BUILD_ID: NEXT },
    encoding: 'utf8'
  })
  if (build.status !== 0) throw new Error(build.stderr)
})
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

const startedAt = (page: Page): Promise<number> => page.evaluate(() => performance.timeOrigin)
const untilReloaded = async (page: Page, before: number | undefined): Promise<void> => {
  await page.waitForFunction((then) => performance.timeOrigin !== then, before)
}

test('two tabs and a new build: the one that agrees has it, the other says that it is outdated', async ({
  page,
  context
}) => {
  const app = await serveApp(served)
  await page.goto(app.url)
  await untilState(page, 'ready')
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })
  const other = await context.newPage()
  await other.goto(app.url)
  await untilState(other, 'ready')
  const before = [await startedAt(page), await startedAt(other)]

  rmSync(served, { recursive: true })
  cpSync(next, served, { recursive: true })
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update()
  })
  for (const tab of [page, other]) await expect.poll(async () => (await linkOf(tab))?.updateReady).toBe(true)
  expect([await startedAt(page), await startedAt(other)]).toEqual(before)
  expect([(await linkOf(page))?.state, (await linkOf(other))?.state]).toEqual(['ready', 'ready'])

  await applyUpdate(page)
  await untilReloaded(page, before[0])
  await untilState(page, 'ready')
  expect((await linkOf(page))?.build).toBe(NEXT)

  await untilState(other, 'outdated')
  expect(await startedAt(other)).toBe(before[1])
  await applyUpdate(other)
  await untilReloaded(other, before[1])
  await untilState(other, 'ready')
  expect((await linkOf(other))?.build).toBe(NEXT)
  await app.stop()
})

test('a tab of a new build beside one of the old waits for consent, then takes over', async ({ page, context }) => {
  rmSync(served, { recursive: true, force: true })
  cpSync(process.env['DIST'] ?? 'dist', served, { recursive: true })
  // no service worker keeps the old version: as with a browser that refuses them
  await context.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'serviceWorker', { value: undefined })
  })
  const app = await serveApp(served)
  await page.goto(app.url)
  await untilState(page, 'ready')
  rmSync(served, { recursive: true })
  cpSync(next, served, { recursive: true })
  const young = await context.newPage()
  await young.goto(app.url)
  await untilState(young, 'waiting')
  await expect.poll(async () => (await linkOf(page))?.updateReady).toBe(true)
  expect((await linkOf(page))?.state).toBe('ready')
  await applyUpdate(young)
  await untilState(young, 'ready')
  await untilState(page, 'outdated')
  await app.stop()
})
