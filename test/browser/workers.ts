/** Reaches into a browser's shared workers over CDP, to end or hang them as no event of the page's could. */
import type { Browser, CDPSession } from '@playwright/test'

const shared = async (
  control: CDPSession
): Promise<readonly { readonly targetId: string; readonly title: string }[]> => {
  const { targetInfos } = await control.send('Target.getTargets')
  return targetInfos.filter(({ type }) => type === 'shared_worker')
}

export const sharedWorkers = async (browser: Browser): Promise<readonly string[]> => {
  const control = await browser.newBrowserCDPSession()
  const found = await shared(control)
  await control.detach()
  return found.map(({ targetId }) => targetId)
}

/** Runs `code` in every shared worker without waiting for its end: it may never end. */
export const runInSharedWorkers = async (browser: Browser, code: string): Promise<void> => {
  const control = await browser.newBrowserCDPSession()
  for (const { targetId } of await shared(control)) {
    const { sessionId } = await control.send('Target.attachToTarget', { targetId, flatten: false })
    const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: code } })
    await control.send('Target.sendMessageToTarget', { sessionId, message })
  }
}

export const endSharedWorkers = (browser: Browser): Promise<void> => runInSharedWorkers(browser, 'self.close()')
export const hangSharedWorkers = (browser: Browser): Promise<void> => runInSharedWorkers(browser, 'for (;;) {}')
