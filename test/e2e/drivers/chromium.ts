/**
 * Chromium by Playwright: a persistent context, so a process and a profile of its own.
 *
 * `cut` stops (SIGSTOP) Chromium's network process. All its sockets live there, WebSocket's and WebRTC's alike, so
 * nothing passes, nothing is closed and no event tells the app: what a dead network looks like. `world.spec.ts` proves it.
 */
import { networkInterfaces } from 'node:os'
import { chromium, type BrowserContext, type Page } from '@playwright/test'
import { findChromium } from '../../../scripts/find-browsers.ts'
import { killFamily, isRunning, signal, until } from '../processes.ts'
import { STEP_TIMEOUT_MS, type Device, type DeviceOptions, type Driver, type Tab } from './driver.ts'

const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]

/** A machine with nothing but loopback has no address that WebRTC would offer. */
const loopbackOnly = (): boolean =>
  Object.values(networkInterfaces()).every((addresses) => addresses?.every((address) => address.internal) ?? true)

export const chromiumDriver: Driver = {
  launch: async (options) => {
    const executablePath = findChromium()
    if (executablePath === undefined) throw new Error('no Chromium found: npm test installs one on Debian')
    const context = await chromium.launchPersistentContext(options.profile, {
      executablePath,
      headless: true,
      chromiumSandbox: process.getuid?.() !== 0,
      viewport: options.viewport ?? { width: 1280, height: 800 },
      hasTouch: options.touch ?? false,
      colorScheme: options.colorScheme ?? 'light',
      locale: 'en-US',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
      args: [
        ...ARGS,
        ...(loopbackOnly()
          ? ['--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns']
          : []),
        ...(options.proxyPort === undefined
          ? []
          : [`--proxy-server=socks5://127.0.0.1:${options.proxyPort}`, '--proxy-bypass-list=<-loopback>']),
        ...(options.args ?? [])
      ]
    })
    if (options.initScript !== undefined) await context.addInitScript({ content: options.initScript })
    return createDevice(context, options)
  }
}

const createDevice = async (context: BrowserContext, { log }: DeviceOptions): Promise<Device> => {
  const browser = context.browser()
  if (browser === null) throw new Error('this Chromium gives no browser object')
  const control = await browser.newBrowserCDPSession()
  const processes = async (type: string): Promise<number[]> =>
    (await control.send('SystemInfo.getProcessInfo')).processInfo
      .filter((one) => one.type === type)
      .map((one) => one.id)
  const pid = (await processes('browser'))[0]
  if (pid === undefined) throw new Error('this Chromium does not tell its pid')

  const closed = new Promise<void>((resolve) => context.once('close', () => resolve()))
  const tabs: Tab[] = []
  const stopped = new Set<number>()
  const adopt = (page: Page): Tab => {
    page.setDefaultTimeout(STEP_TIMEOUT_MS)
    page.on('console', (message) => log(`${message.type()} ${message.text()}`))
    page.on('pageerror', (error) => log(`pageerror ${error.stack ?? error.message}`))
    page.on('crash', () => log('the page crashed'))
    const tab = createTab(page)
    tabs.push(tab)
    return tab
  }
  const first = context.pages()[0] ?? (await context.newPage())
  adopt(first)

  return {
    browser,
    pid,
    version: `Chromium ${browser.version()}`,
    tabs: () => tabs.filter((tab) => !tab.isClosed()),
    newTab: async () => adopt(await context.newPage()),
    close: async () => {
      for (const one of stopped) signal(one, 'SIGCONT')
      stopped.clear()
      await context.close()
      await until('the browser to end', () => !isRunning(pid), STEP_TIMEOUT_MS)
    },
    kill: async () => {
      await killFamily(pid)
      await closed
    },
    cut: async () => {
      const network = await processes('network.mojom.NetworkService')
      if (network.length === 0) throw new Error('this Chromium has no network process to stop')
      for (const one of network) {
        signal(one, 'SIGSTOP')
        stopped.add(one)
      }
    },
    mend: async () => {
      for (const one of stopped) signal(one, 'SIGCONT')
      stopped.clear()
    }
  }
}

const createTab = (page: Page): Tab => ({
  page,
  goto: async (url) => void (await page.goto(url)),
  reload: async () => void (await page.reload()),
  click: async (selector, timeoutMs) => {
    await page
      .locator(selector)
      .filter({ visible: true })
      .first()
      .click({ timeout: timeoutMs ?? STEP_TIMEOUT_MS })
  },
  openContextMenu: async (selector) => {
    await page.locator(selector).filter({ visible: true }).first().click({ button: 'right' })
  },
  hover: async (selector) => {
    await page.locator(selector).filter({ visible: true }).first().hover()
  },
  fill: async (selector, text) => {
    await page.locator(selector).filter({ visible: true }).first().fill(text)
  },
  press: async (key) => {
    await page.keyboard.press(key)
  },
  // Playwright's own types unbox handles, which a plain generic cannot express
  evaluate: async <A, R>(work: (argument: A) => R | Promise<R>, argument: A): Promise<R> =>
    page.evaluate<R>(work as never, argument as never),
  waitUntil: async (what, test, argument, timeoutMs = STEP_TIMEOUT_MS) => {
    try {
      await page.waitForFunction(test as never, argument as never, { polling: 25, timeout: timeoutMs })
    } catch (cause) {
      throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause })
    }
  },
  screenshot: async (path) => void (await page.screenshot({ path })),
  isClosed: () => page.isClosed(),
  close: () => page.close()
})
