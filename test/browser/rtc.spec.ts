/**
 * WebRTC for a worker, hosted by pages, in a real browser: direct connections, back-pressure, and pages that go in every
 * way a page can go. A context is a device; its pages share one worker.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import type { BrowserContext, Page } from '@playwright/test'
import { build } from 'vite'
import { fixWebrtc } from '../../scripts/vite-fix-webrtc.ts'
import { createBareRelay } from '../integration/p2p-cast.ts'
import type { BareRelay } from '../integration/p2p-cast.ts'
import type { NetworkSnapshot } from '../../src/p2p/host.ts'
import type { LoopbackResult } from './rtc/loopback.ts'

/** Nobody listens there: what matters is that nobody else is asked. */
const OWN_STUN = 'stun:127.0.0.1:9'
const MIME: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript' }

let folder = ''
let url = ''
let relay: BareRelay
let stopServer: () => void = () => {}

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cryptochat-rtc-'))
  await build({
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, 'rtc'),
    plugins: [fixWebrtc()],
    worker: { format: 'es', plugins: () => [fixWebrtc()] },
    build: { outDir: folder, emptyOutDir: true, minify: false }
  })
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '')
    readFile(join(folder, path)).then(
      (data) => response.writeHead(200, { 'content-type': MIME[path.split('.').at(-1) ?? ''] ?? '' }).end(data),
      () => response.writeHead(404).end()
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stopServer = () => server.close()
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  relay = await createBareRelay(77)
})
test.afterAll(async () => {
  stopServer()
  await relay.stop()
  await rm(folder, { recursive: true, force: true })
})

interface TestGlobal {
  call(method: string, ...args: readonly unknown[]): Promise<unknown>
  hang(ms: number): void
  seen: { maxBuffered: number; connections: RTCPeerConnection[] }
}

const call = async <T>(page: Page, method: string, ...args: readonly unknown[]): Promise<T> =>
  (await page.evaluate(async ([name, values]) => await (globalThis as unknown as TestGlobal).call(name, ...values), [
    method,
    args
  ] as const)) as T

const openTab = async (context: BrowserContext, hash = ''): Promise<Page> => {
  const page = await context.newPage()
  await page.goto(url + hash)
  await page.waitForFunction(() => 'call' in globalThis)
  return page
}

const until = async <T>(
  what: string,
  ask: () => Promise<T>,
  isDone: (value: T) => boolean,
  ms = 15_000
): Promise<number> => {
  const startedAt = performance.now()
  await expect.poll(async () => isDone(await ask()), { message: what, timeout: ms, intervals: [20] }).toBe(true)
  return performance.now() - startedAt
}
const network = (page: Page): Promise<NetworkSnapshot> => call<NetworkSnapshot>(page, 'network')

interface Device {
  readonly page: Page
  readonly id: string
}
const startDevice = async (context: BrowserContext, hash = ''): Promise<Device> => {
  const page = await openTab(context, hash)
  const id = await call<string>(page, 'start', [relay.address], OWN_STUN)
  await until(
    'a reservation',
    () => network(page),
    ({ relays }) => relays.some(({ reserved }) => reserved)
  )
  return { page, id }
}
/** Contacts of each other: only they meet directly. */
const warm = async (one: Device, other: Device): Promise<void> => {
  await call(other.page, 'warm', one.id, [relay.address])
  await call(one.page, 'warm', other.id, [relay.address])
}
const untilDirect = (from: Page, to: string): Promise<number> =>
  until(
    'a direct connection',
    () => network(from),
    ({ peers }) => peers.some(({ device, path }) => device === to && path === 'direct')
  )

test('two devices meet at a relay and then talk directly', async ({ browser }) => {
  const [one, two] = [await browser.newContext(), await browser.newContext()]
  const [alice, bob] = [await startDevice(one), await startDevice(two)]
  await warm(alice, bob)
  const tookMs = await untilDirect(alice.page, bob.id)
  expect(await call(alice.page, 'deliver', bob.id, [relay.address])).toMatchObject({
    outcome: 'delivered',
    path: 'direct'
  })
  for (const { page } of [alice, bob]) {
    const servers = await page.evaluate(() =>
      (globalThis as unknown as TestGlobal).seen.connections.map((pc) =>
        pc.getConfiguration().iceServers?.flatMap(({ urls }) => urls)
      )
    )
    expect(new Set(servers.flat())).toEqual(new Set([OWN_STUN]))
  }
  const times = await call<number[]>(alice.page, 'measure', bob.id, [relay.address], 200)
  const fresh = await call<number[]>(alice.page, 'measureOnce', bob.id, 200)
  test.info().annotations.push({
    type: 'figures',
    description: `direct after ${tookMs.toFixed(0)} ms, round trip p50 ${times[100]?.toFixed(2)} p95 ${times[190]?.toFixed(2)} ms; with a stream each ${fresh[100]?.toFixed(2)}, ${fresh[190]?.toFixed(2)} ms`
  })
  await one.close()
  await two.close()
})

test('20 MB keep their order, and neither side holds back more than the sender allows, also while the page hangs', async ({
  browser
}) => {
  const context = await browser.newContext()
  const page = await openTab(context)
  await until(
    'a host',
    () => call<number>(page, 'hosts'),
    (hosts) => hosts === 1
  )
  const transfer = call<LoopbackResult>(page, 'loopback', 20)
  await page.evaluate(() => (globalThis as unknown as TestGlobal).hang(700))
  const result = await transfer
  expect(result).toMatchObject({ received: 20 * 1024 * 1024, inOrder: true })
  expect(result.maxBuffered).toBeLessThanOrEqual(1024 * 1024)
  const maxBuffered = await page.evaluate(() => (globalThis as unknown as TestGlobal).seen.maxBuffered)
  expect(maxBuffered).toBeGreaterThan(0)
  expect(maxBuffered).toBeLessThanOrEqual(1024 * 1024)
  // nothing of it is left in the page
  const states = await page.evaluate(() =>
    (globalThis as unknown as TestGlobal).seen.connections.map(({ connectionState }) => connectionState)
  )
  expect(states).toEqual(['closed', 'closed'])
  test.info().annotations.push({
    type: 'figures',
    description: `${(20_000 / result.tookMs).toFixed(1)} MB/s with a hang of 0.7 s`
  })
  await context.close()
})

for (const end of ['closed', 'crashed'] as const) {
  test(`the hosting tab is ${end} in the middle of a transfer, and it completes through the other tab`, async ({
    browser
  }) => {
    const [one, two] = [await browser.newContext(), await browser.newContext()]
    // the worker lives in the process of the tab that made it: that one stays
    const [alice, bob] = [await startDevice(one, '#no-host'), await startDevice(two)]
    const hosting = await openTab(one)
    await warm(alice, bob)
    await untilDirect(alice.page, bob.id)
    const other = await openTab(one)
    await until(
      'two hosts',
      () => call<number>(other, 'hosts'),
      (hosts) => hosts === 2
    )
    // the newest tab is the visible one, but what hangs on the other stays there

    const transfer = call<{ tookMs: number; paths: Record<string, number> }>(
      other,
      'transfer',
      bob.id,
      [relay.address],
      640,
      32 * 1024
    )
    await until(
      'some of it',
      () => call<{ count: number }>(bob.page, 'received'),
      ({ count }) => count > 50
    )
    if (end === 'closed') await hosting.close()
    else {
      const crash = await one.newCDPSession(hosting)
      await Promise.race([crash.send('Page.crash').catch(() => undefined), hosting.waitForEvent('crash')])
    }
    const goneAfter = await until(
      'one host',
      () => call<number>(other, 'hosts'),
      (hosts) => hosts === 1
    )
    const directAfter = await untilDirect(other, bob.id)
    const { paths, tookMs } = await transfer

    expect((paths['direct'] ?? 0) + (paths['relayed'] ?? 0)).toBe(640)
    expect((await call<{ count: number }>(bob.page, 'received')).count).toBeGreaterThanOrEqual(640)
    expect(await call(other, 'deliver', bob.id, [relay.address])).toMatchObject({
      outcome: 'delivered',
      path: 'direct'
    })
    test.info().annotations.push({
      type: 'figures',
      description: `noticed after ${goneAfter.toFixed(0)} ms, direct again after ${directAfter.toFixed(0)} ms, ${JSON.stringify(paths)} in ${tookMs.toFixed(0)} ms`
    })
    await one.close()
    await two.close()
  })
}

test('without a page that hosts, everything goes over the relay, and a page that comes makes it direct', async ({
  browser
}) => {
  const [one, two] = [await browser.newContext(), await browser.newContext()]
  const [alice, bob] = [await startDevice(one, '#no-host'), await startDevice(two)]
  expect(await call(alice.page, 'deliver', bob.id, [relay.address])).toMatchObject({
    outcome: 'delivered',
    path: 'relayed'
  })
  expect((await network(alice.page)).canBeDirect).toBe(false)
  await warm(alice, bob)
  const hosting = await openTab(one)
  await untilDirect(hosting, bob.id)
  await one.close()
  await two.close()
})
