/** The sealed store on Chromium's own IndexedDB: what only a real one decides is when a transaction is over. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { build } from 'vite'
import type { Stories } from './store-page.ts'

declare global {
  var stories: Stories | undefined
}

let server: Server
let url = ''

test.beforeAll(async () => {
  const outDir = await mkdtemp(join(tmpdir(), 'cryptochat-store-'))
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      target: 'esnext',
      minify: false,
      lib: { entry: join(import.meta.dirname, 'store-page.ts'), formats: ['es'], fileName: () => 'page.js' }
    }
  })
  const script = await readFile(join(outDir, 'page.js'))
  await rm(outDir, { recursive: true })
  server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript ? script : '<!doctype html><title>store</title><script type="module" src="/page.js"></script>'
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
test.afterAll(() => {
  server.close()
})

test('a write may await thousands of rows, in memory and on disk, and still is one transaction', async ({ page }) => {
  await page.goto(url)
  await page.waitForFunction(() => globalThis.stories !== undefined)
  const told = await page.evaluate(() => globalThis.stories?.longBody())
  expect(told).toEqual({
    // fifty old texts, the count before, the new text, the newest two
    seen: 53,
    last: 'message 2999,message 5000',
    after: [2, 'text 5000', 1]
  })
})

test('a database of version 1 is sealed in place, also when that is interrupted', async ({ page }) => {
  await page.goto(url)
  await page.waitForFunction(() => globalThis.stories !== undefined)
  const told = await page.evaluate(() => globalThis.stories?.upgrade())
  expect(told).toEqual({ death: 'killed', found: [2500, 'text 1234', 32], left: 0 })
})

test('a node that was robbed of the store writes nothing more', async ({ page }) => {
  await page.goto(url)
  await page.waitForFunction(() => globalThis.stories !== undefined)
  const told = await page.evaluate(() => globalThis.stories?.robbed())
  expect(told).toEqual({ told: ['not-ready', 'not-ready'], found: ['owner', undefined] })
})

test('readers between many writers never see half of a write, and nothing is lost', async ({ page }) => {
  await page.goto(url)
  await page.waitForFunction(() => globalThis.stories !== undefined)
  const told = await page.evaluate(() => globalThis.stories?.crowd())
  expect(told).toEqual({ torn: 0, counts: [320, 320, 320] })
})
