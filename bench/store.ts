/**
 * Group `store`, in a real Chromium on its disk: `write`: one message as the app writes it (event, line, chat, outbox; one
 * strict transaction); `read`: the newest screen of a chat; both sealed, and beside them plain Dexie rows in the same run, with
 * 100,000 messages in each. `bulk`: writing those, 500 at once. `open`: from unlocked to usable; `page`: a hundred messages
 * of old history; `memoryMB`: what the opened store holds. Milliseconds.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type CDPSession } from '@playwright/test'
import { build } from 'vite'
import { findChromium } from '../scripts/find-browsers.ts'
import type { Figures } from './store-page.ts'

const MESSAGES = 100_000
const RUNS = 200
const PAGES = 50

export interface StoreFigures {
  readonly write: Compared
  readonly read: Compared
  readonly bulk: Compared
  readonly open: number
  readonly page: number
  readonly memoryMB: number
}
interface Compared {
  readonly sealed: number
  readonly plain: number
  readonly ratio: number
}

const round = (value: number): number => Math.round(value * 100) / 100
const compared = ({ sealed, plain }: Figures['write']): Compared => ({
  sealed: round(sealed),
  plain: round(plain),
  ratio: round(sealed / plain)
})

export const measureStore = async (): Promise<StoreFigures> => {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('no Chromium found')
  const folder = await mkdtemp(join(tmpdir(), 'cryptochat-bench-'))
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: join(folder, 'app'),
      target: 'esnext',
      minify: false,
      lib: { entry: join(import.meta.dirname, 'store-page.ts'), formats: ['es'], fileName: () => 'bench.js' }
    }
  })
  const script = await readFile(join(folder, 'app', 'bench.js'))
  const server = createServer((request, response) => {
    const isScript = request.url === '/bench.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript ? script : '<!doctype html><title>bench</title><script type="module" src="/bench.js"></script>'
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath,
    headless: true,
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu', '--no-first-run', '--disable-background-networking']
  })
  try {
    const page = context.pages()[0] ?? (await context.newPage())
    page.setDefaultTimeout(600_000)
    await page.goto(url)
    await page.waitForFunction(() => globalThis.storeBench !== undefined)
    const { write, read, bulk } = await page.evaluate(
      ([messages, runs]) => globalThis.storeBench!.fill(messages, runs),
      [MESSAGES, RUNS] as const
    )
    const devtools = await context.newCDPSession(page)
    const before = await heapMB(devtools)
    const open = await page.evaluate(() => globalThis.storeBench!.open())
    const memoryMB = (await heapMB(devtools)) - before
    const old = await page.evaluate(([runs, messages]) => globalThis.storeBench!.page(runs, messages), [
      PAGES,
      MESSAGES
    ] as const)
    return {
      write: compared(write),
      read: compared(read),
      bulk: compared(bulk),
      open: round(open),
      page: round(old),
      memoryMB: round(memoryMB)
    }
  } finally {
    await context.close()
    server.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Objects and the buffers behind them. */
const heapMB = async (devtools: CDPSession): Promise<number> => {
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize, ...rest } = await devtools.send('Runtime.getHeapUsage')
  const { backingStorageSize = 0 } = rest as { readonly backingStorageSize?: number }
  return (usedSize + backingStorageSize) / (1024 * 1024)
}
