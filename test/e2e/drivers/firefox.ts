/**
 * Stock Firefox by puppeteer over WebDriver BiDi.
 *
 * `cut`: WebRTC's sockets live in a process of their own, which is stopped (SIGSTOP); TCP goes through our SOCKS proxy,
 * which holds every byte back. Neither closes anything.
 */
import { launch, type Browser, type Page } from 'puppeteer-core'
import { findFirefox } from '../../../scripts/find-browsers.ts'
import { commandOf, familyOf, isRunning, killFamily, signal, until } from '../processes.ts'
import { createProxy, type Proxy } from '../proxy.ts'
import { STEP_TIMEOUT_MS, type Device, type DeviceOptions, type Driver, type Tab } from './driver.ts'

const FINE_AND_HOVER = 6

/** A headless Firefox has no window in front, so nobody would ever read a message. Playwright does the same for Chromium. */
const HAS_FOCUS = 'Document.prototype.hasFocus = () => true'

const proxyPrefs = (port: number): Record<string, unknown> => ({
  'network.proxy.type': 1,
  'network.proxy.socks': '127.0.0.1',
  'network.proxy.socks_port': port,
  'network.proxy.socks_version': 5,
  'network.proxy.allow_hijacking_localhost': true,
  // mDNS names of WebRTC candidates are resolved here, not at the proxy
  'network.proxy.socks_remote_dns': false,
  'network.proxy.socks5_remote_dns': false,
  // a page that came through a proxy on loopback is otherwise offered no UDP address at all
  'media.peerconnection.ice.loopback': true
})

export const firefoxDriver: Driver = {
  launch: async (options) => {
    const executablePath = findFirefox()
    if (executablePath === undefined) throw new Error('no Firefox found: npm test installs one on Debian')
    const proxy = await createProxy()
    const browser = await launch({
      browser: 'firefox',
      executablePath,
      headless: true,
      userDataDir: options.profile,
      defaultViewport: options.viewport ?? { width: 1280, height: 800 },
      extraPrefsFirefox: {
        ...proxyPrefs(proxy.port),
        'intl.locale.requested': 'en-US',
        'ui.prefersReducedMotion': 1,
        // a machine without a mouse; the story moves one
        'ui.primaryPointerCapabilities': FINE_AND_HOVER,
        'ui.allPointerCapabilities': FINE_AND_HOVER,
        'ui.systemUsesDarkTheme': options.colorScheme === 'dark' ? 1 : 0
      },
      args: [...(options.args ?? [])]
    })
    return createDevice(browser, proxy, options)
  }
}

const createDevice = async (browser: Browser, proxy: Proxy, options: DeviceOptions): Promise<Device> => {
  const pid = browser.process()?.pid
  if (pid === undefined) throw new Error('this Firefox does not tell its pid')
  const tabs: Tab[] = []
  const adopt = async (page: Page): Promise<Tab> => {
    page.setDefaultTimeout(STEP_TIMEOUT_MS)
    page.on('console', (message) => options.log(`${message.type()} ${message.text()}`))
    page.on('pageerror', (error) => options.log(`pageerror ${String(error)}`))
    await page.evaluateOnNewDocument(HAS_FOCUS)
    if (options.initScript !== undefined) await page.evaluateOnNewDocument(options.initScript)
    const tab = createTab(page)
    tabs.push(tab)
    return tab
  }
  await adopt((await browser.pages())[0] ?? (await browser.newPage()))
  const stopped = new Set<number>()
  const goOn = (): void => {
    for (const one of stopped) signal(one, 'SIGCONT')
    stopped.clear()
  }

  return {
    browser,
    pid,
    version: await browser.version(),
    tabs: () => tabs.filter((tab) => !tab.isClosed()),
    newTab: async () => adopt(await browser.newPage()),
    close: async () => {
      goOn()
      await browser.close()
      await until('Firefox to end', () => !isRunning(pid), STEP_TIMEOUT_MS)
      await proxy.stop()
    },
    kill: async () => {
      await killFamily(pid)
      await browser.disconnect()
      await proxy.stop()
    },
    cut: async () => {
      proxy.cut()
      const sockets = familyOf(pid).filter((one) => / socket\s*$/.test(commandOf(one)))
      if (sockets.length === 0) throw new Error('this Firefox has no socket process to stop')
      for (const one of sockets) {
        signal(one, 'SIGSTOP')
        stopped.add(one)
      }
    },
    mend: async () => {
      proxy.mend()
      goOn()
    }
  }
}

const createTab = (page: Page): Tab => ({
  page,
  goto: async (url) => void (await page.goto(url)),
  reload: async () => void (await page.reload()),
  click: (selector, timeoutMs) =>
    page
      .locator(selector)
      .setTimeout(timeoutMs ?? STEP_TIMEOUT_MS)
      .click(),
  openContextMenu: async (selector) => {
    const element = await page.waitForSelector(selector, { visible: true })
    await element?.click({ button: 'right' })
  },
  hover: (selector) => page.locator(selector).hover(),
  fill: async (selector, text) => {
    // puppeteer types, and a typed line break would send
    await page.locator(selector).wait()
    await page.focus(selector)
    await page.evaluate(fillIn, selector, text)
  },
  press: (key) => page.keyboard.press(key as Parameters<Page['keyboard']['press']>[0]),
  evaluate: async <A, R>(work: (argument: A) => R | Promise<R>, argument: A): Promise<R> =>
    page.evaluate(work as never, argument as never) as Promise<R>,
  waitUntil: async (what, test, argument, timeoutMs = STEP_TIMEOUT_MS) => {
    try {
      await page.waitForFunction(test as never, { polling: 25, timeout: timeoutMs }, argument)
    } catch (cause) {
      throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause })
    }
  },
  screenshot: async (path) => void (await page.screenshot({ path })),
  isClosed: () => page.isClosed(),
  close: () => page.close()
})

const fillIn = (selector: string, text: string): void => {
  const box = document.querySelector(selector)
  if (!(box instanceof HTMLInputElement) && !(box instanceof HTMLTextAreaElement)) throw new Error(`no box ${selector}`)
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), 'value')?.set?.call(box, text)
  box.dispatchEvent(new InputEvent('input', { bubbles: true }))
}
