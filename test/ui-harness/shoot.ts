/**
 * Takes pictures of the interface: `node test/ui-harness/shoot.ts <folder> <shot>…`, where a shot is
 * `name=address@size[,dark][,rtl][,frozen][,axe][>data-id…]`: sizes are phone, tablet, desktop, wide; each `>id` clicks a control;
 * `>id:text` types. `!` at its front opens the context menu instead. Complaints of the page,
 * and with `axe` those of axe, are printed.
 */
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from '@playwright/test'
import type { Browser, Page } from '@playwright/test'
import { createServer } from 'vite'

const SIZES: Readonly<Record<string, { readonly width: number; readonly height: number }>> = {
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  small: { width: 1024, height: 768 },
  desktop: { width: 1440, height: 900 },
  wide: { width: 1920, height: 1080 }
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const act = async (page: Page, step: string): Promise<void> => {
  const [id = '', text] = step.split(':')
  const control = page.locator(`[data-id="${id.replace('!', '')}"]:visible`).first()
  if (id.startsWith('!')) await control.click({ button: 'right' })
  else if (text === undefined) await control.click()
  else await control.fill(text)
  await page.waitForTimeout(350)
}

const shoot = async (browser: Browser, base: string, folder: string, shot: string): Promise<void> => {
  const [name, rest] = [shot.slice(0, shot.indexOf('=')), shot.slice(shot.indexOf('=') + 1)]
  const [where = '', ...steps] = rest.split('>')
  const [address = '/', looks = 'desktop'] = where.split('@')
  const [size = 'desktop', ...flags] = looks.split(',')
  const context = await browser.newContext({
    viewport: SIZES[size] ?? { width: 1440, height: 900 },
    colorScheme: flags.includes('dark') ? 'dark' : 'light',
    reducedMotion: 'reduce',
    hasTouch: size === 'phone',
    locale: flags.includes('rtl') ? 'ar' : 'en-GB',
    permissions: []
  })
  const page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404'))
      process.stdout.write(`${name}: ${message.text()}\n`)
  })
  page.on('pageerror', (error) => process.stdout.write(`${name}: ${String(error)}\n`))
  const url = new URL(address, base)
  if (flags.includes('frozen')) url.searchParams.set('frozen', '')
  await page.goto(url.href)
  await page.locator('[data-screen]:visible').first().waitFor({ timeout: 15_000 })
  await page.waitForTimeout(700)
  try {
    for (const step of steps) await act(page, step)
  } catch (error) {
    process.stdout.write(`${name}: ${String(error).split('\n')[0]}\n`)
  }
  if (flags.includes('axe')) {
    const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze()
    for (const { id, nodes } of violations)
      process.stdout.write(
        `${name}: axe ${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary ?? ''}`).join(' | ')}\n`
      )
  }
  await page.screenshot({ path: `${folder}/${name}.png` })
  await context.close()
}

const [folder = join(tmpdir(), 'shots'), ...shots] = process.argv.slice(2)
await mkdir(folder, { recursive: true })
const server = await createServer({
  configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)),
  logLevel: 'warn',
  server: { port: 0, strictPort: false, host: '127.0.0.1' }
})
await server.listen()
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu']
})
try {
  const base = server.resolvedUrls?.local[0] ?? 'http://127.0.0.1:5199/'
  for (const shot of shots) await shoot(browser, base, folder, shot)
} finally {
  await browser.close()
  await server.close()
}
