/**
 * The bridge on real workers, tabs and locks: the shared worker, its death, its hanging, the leading tab where there
 * are no shared workers, and the app without a network.
 */
import { expect, type Page, test } from '@playwright/test'
import { type Global, untilState } from './page-link.ts'
import { type AppServer, serveApp } from './serve-app.ts'
import { endSharedWorkers, hangSharedWorkers, sharedWorkers } from './workers.ts'

/** What `followTheme` leaves for `seen`. Functions below run in the page. */
type Scope = Global & { seenThemes?: string[] }

let app: AppServer
test.beforeAll(async () => {
  app = await serveApp()
})
test.afterAll(() => app.stop())

const open = async (page: Page): Promise<Page> => {
  await page.goto(app.url)
  await untilState(page, 'ready')
  return page
}

/** Asks the node something that only a running one can answer. */
const theme = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const { cryptochat } = globalThis as unknown as Scope
    for await (const settings of cryptochat?.node.watchSettings() ?? []) return settings.theme
    throw new Error('the feed ended')
  })
const setTheme = (page: Page, to: 'light' | 'dark'): Promise<void> =>
  page.evaluate((value) => (globalThis as unknown as Scope).cryptochat?.node.setSettings({ theme: value }), to)

/** How many pages the node counts. */
const pagesAt = (page: Page): Promise<number | undefined> =>
  page.evaluate(async () => {
    const { cryptochat } = globalThis as unknown as Scope
    for await (const view of cryptochat?.node.watchDebug() ?? []) return view.pages
    return undefined
  })

/** Follows a feed for as long as the page lives; `seen` reads what came so far. */
const followTheme = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const seen: string[] = []
    const scope = globalThis as unknown as Scope
    scope.seenThemes = seen
    void (async () => {
      for await (const settings of scope.cryptochat?.node.watchSettings() ?? []) seen.push(settings.theme)
      seen.push('ended')
    })()
  })
const seen = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => (globalThis as unknown as Scope).seenThemes?.at(-1))

const withoutSharedWorker = async (page: Page): Promise<void> => {
  await page.context().addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'SharedWorker')
  })
}

test('two tabs share one worker, and each sees what the other changes', async ({ page, context, browser }) => {
  await open(page)
  const other = await open(await context.newPage())
  expect(await sharedWorkers(browser)).toHaveLength(1)
  await followTheme(other)
  await setTheme(page, 'dark')
  await expect.poll(() => seen(other)).toBe('dark')
  // a tab says nothing when it ends; the worker sees its lock free
  await expect.poll(() => pagesAt(page)).toBe(2)
  await other.close()
  await expect.poll(() => pagesAt(page)).toBe(1)
})

test('a worker that dies is replaced without a reload, and feeds go on', async ({ page, context, browser }) => {
  await open(page)
  const other = await open(await context.newPage())
  await followTheme(other)
  await page.evaluate(() => {
    document.title = 'not reloaded'
  })
  await endSharedWorkers(browser)
  // asked while there is no node: it waits for the next one
  await setTheme(page, 'dark')
  await expect.poll(() => seen(other)).toBe('dark')
  expect(await page.title()).toBe('not reloaded')
  expect(await sharedWorkers(browser)).toHaveLength(1)
})

test('a worker that hangs is robbed and replaced', async ({ page, browser }) => {
  await open(page)
  await followTheme(page)
  await hangSharedWorkers(browser)
  await untilState(page, 'restarting', 25_000)
  await untilState(page, 'ready', 25_000)
  await setTheme(page, 'light')
  await expect.poll(() => seen(page)).toBe('light')
})

test('without SharedWorker one tab leads, the others follow, and a new one leads when it closes', async ({
  page,
  context,
  browser
}) => {
  await withoutSharedWorker(page)
  await open(page)
  const second = await open(await context.newPage())
  const third = await open(await context.newPage())
  expect(await sharedWorkers(browser)).toHaveLength(0)
  expect([page, second, third].map((tab) => tab.workers().length)).toEqual([1, 0, 0])
  await followTheme(second)
  await followTheme(third)
  await setTheme(second, 'dark')
  await expect.poll(() => seen(third)).toBe('dark')
  await page.close()
  await setTheme(third, 'light')
  await expect.poll(() => seen(second)).toBe('light')
  await untilState(second, 'ready')
  await untilState(third, 'ready')
  // the worker of the closed tab may have answered the last call
  await expect.poll(() => [second, third].reduce((sum, tab) => sum + tab.workers().length, 0)).toBe(1)
})

test('data of a newer version is left alone, and the page says what is wrong', async ({ page }) => {
  await page.goto(`${app.url}/icons/icon.svg`)
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open('cryptochat', 99_990)
        request.addEventListener('success', () => {
          request.result.close()
          resolve(undefined)
        })
      })
  )
  await page.goto(app.url)
  await untilState(page, 'failed')
  await expect(page.locator('[data-screen="trouble"][data-kind="newer-database"]')).toBeVisible()

  // what was in the way is gone: trying again finds a fresh worker, not the one that gave up
  await page.evaluate(() => indexedDB.deleteDatabase('cryptochat'))
  await page.locator('[data-screen="trouble"] button').click()
  await untilState(page, 'ready')
})

test('starts and answers without a network', async ({ page, context }) => {
  const own = await serveApp()
  await page.goto(own.url)
  await untilState(page, 'ready')
  await setTheme(page, 'dark')
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })
  await page.close()
  await own.stop()
  const later = await context.newPage()
  await later.goto(`${own.url}/settings`)
  await untilState(later, 'ready')
  expect(await theme(later)).toBe('dark')
})
