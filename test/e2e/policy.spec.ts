/** The strict policy is kept: no page or worker reports a violation of CSP or Trusted Types on a tour of all screens. */
import type { Browser } from '@playwright/test'
import { expect, test } from './world.ts'
import { tourOf } from './tour.ts'

const COLLECT = `
  globalThis.violations = []
  document.addEventListener('securitypolicyviolation', (event) => {
    globalThis.violations.push(event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sourceFile)
  })
`

declare global {
  var violations: string[]
}

test('no violation of the policy is reported on a tour of every screen', async ({ world }) => {
  test.setTimeout(180_000)
  const alice = await world.newcomer('alice', { initScript: COLLECT })
  const fromWorkers = await watchWorkers(alice.browser as Browser)
  const [bob] = await world.people('bob')
  const violations: string[] = []
  await tourOf(alice, bob, async (screen) => {
    // a worker under a debugger does not end with its last page; a second tab keeps one and the same alive
    if (screen === 'link') await alice.newTab()
    const seen = await alice.page.evaluate(() => globalThis.violations.splice(0))
    violations.push(...seen.map((one) => `${screen}: ${one}`))
  })
  expect(violations).toEqual([])
  expect(alice.lines.filter((line) => /Content Security Policy|Trusted ?Type|violates|pageerror/i.test(line))).toEqual(
    []
  )
  expect(fromWorkers.watched.length).toBeGreaterThan(0)
  expect(fromWorkers.lines.filter((line) => /Content Security Policy|Trusted ?Type|violates/i.test(line))).toEqual([])

  const response = await alice.page.goto(`${alice.origin}/`)
  expect(response?.headers()['content-security-policy'] ?? (await headerOf(alice.origin))).toContain(
    "require-trusted-types-for 'script'"
  )
})

const headerOf = async (origin: string): Promise<string | null> =>
  (await fetch(origin)).headers.get('content-security-policy')

/** Shared and service workers print into consoles of their own. */
const watchWorkers = async (browser: Browser): Promise<{ lines: string[]; watched: string[] }> => {
  const control = await browser.newBrowserCDPSession()
  const lines: string[] = []
  const watched: string[] = []
  control.on('Target.targetCreated', ({ targetInfo }) => {
    if (targetInfo.type !== 'shared_worker' && targetInfo.type !== 'service_worker') return
    watched.push(targetInfo.url)
    void control
      .send('Target.attachToTarget', { targetId: targetInfo.targetId, flatten: false })
      .then(async ({ sessionId }) => {
        for (const [id, method] of ['Log.enable', 'Runtime.enable'].entries()) {
          await control.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) })
        }
        return undefined
      })
      .catch((cause: unknown) => lines.push(`not watched, violates the test: ${String(cause)}`))
  })
  control.on('Target.receivedMessageFromTarget', ({ message }) => lines.push(message))
  await control.send('Target.setDiscoverTargets', {
    discover: true,
    filter: [{ type: 'shared_worker' }, { type: 'service_worker' }]
  })
  return { lines, watched }
}
