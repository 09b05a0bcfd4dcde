/** Reads the page's link to its node from outside. `build` is the node's, and only there when it is ready. */
import type { Page } from '@playwright/test'
import type { NodeApi } from '../../src/bridge/api.ts'
import type { LinkState, PageLink } from '../../src/bridge/page/link.ts'

/** What main.tsx leaves for the console. */
export interface Global {
  readonly cryptochat?: { readonly node: NodeApi; readonly link: PageLink }
}

export interface SeenLink {
  readonly state: LinkState
  readonly updateReady: boolean
  readonly build: string | undefined
}

export const linkOf = (page: Page): Promise<SeenLink | undefined> =>
  page.evaluate(async () => {
    const { cryptochat } = globalThis as unknown as Global
    if (cryptochat === undefined) return undefined
    const { node, link } = cryptochat
    let build: string | undefined
    if (link.state === 'ready') {
      for await (const view of node.watchDebug()) {
        build = view.build
        break
      }
    }
    return { state: link.state, updateReady: link.updateReady, build }
  })

/** Outlives a reload of the page. */
export const untilState = async (page: Page, state: LinkState, timeout = 15_000): Promise<void> => {
  await page.waitForFunction((wanted) => (globalThis as unknown as Global).cryptochat?.link.state === wanted, state, {
    timeout
  })
}

export const applyUpdate = (page: Page): Promise<void> =>
  page.evaluate(() => (globalThis as unknown as Global).cryptochat?.link.applyUpdate())
