/** One person with one device: what `world.people` hands to a story. */
import type { Page } from '@playwright/test'
import type { Path } from '../../src/model/delivery.ts'
import { createChat, isVisible, type Chat } from './chat.ts'
import { type Device, type DeviceOptions, type Driver, type Tab } from './drivers/driver.ts'
import { createInvite, readChats, readNetwork, waitForNode } from './hook.ts'
import { until } from './processes.ts'

export interface Person {
  readonly name: string
  /** Playwright's browser in Chromium, puppeteer's in Firefox. */
  readonly browser: unknown
  /** The first tab: Playwright's page in Chromium, puppeteer's (with other methods) in Firefox. */
  readonly page: Page
  inviteLink(): Promise<string>
  /** Opens a link and goes on until the chat is on screen; a newcomer gives their name on the way. */
  open(link: string): Promise<void>
  pairWith(other: Person): Promise<void>
  chat(name: string): Chat
  pathTo(other: Person): Promise<Path>
  goAway(): Promise<void>
  comeBack(): Promise<void>
  cut(): Promise<void>
  mend(): Promise<void>
  crash(): Promise<void>
  newTab(): Promise<Page>
  closeTab(page: Page): Promise<void>
}

/** What the stories of this repository use besides the contract. */
export interface Actor extends Person {
  readonly engine: string
  readonly tab: Tab
  readonly device: Device
  readonly origin: string
  readonly lines: readonly string[]
  /** Opens the app and walks through the first run to the chat list. */
  firstRun(): Promise<void>
  /** After a crash or `goAway` of a device that was locked: ends at the lock. */
  comeBackLocked(): Promise<void>
  /** Waits until this device knows the other as an accepted contact. */
  knows(other: string): Promise<void>
}

export interface PersonDeps {
  readonly name: string
  readonly engine: string
  readonly origin: string
  readonly driver: Driver
  readonly options: Omit<DeviceOptions, 'log'>
}

/** Making an identity with post-quantum keys on two busy cores, and a first dial. */
const FIRST_CONTACT_TIMEOUT_MS = 30_000

const screen = (name: string): string => `[data-screen="${name}"]`
const control = (id: string): string => `[data-id="${id}"]`

export const createPerson = async ({ name, engine, origin, driver, options }: PersonDeps): Promise<Actor> => {
  const lines: string[] = []
  const launch = (): Promise<Device> => driver.launch({ ...options, log: (line) => lines.push(line) })
  let device = await launch()

  const tab = (): Tab => {
    const first = device.tabs()[0]
    if (first === undefined) throw new Error(`${name} has no tab open`)
    return first
  }

  const start = async (where: Tab): Promise<void> => {
    await where.goto(`${origin}/`)
    await waitForNode(where)
    await where.waitUntil('the chat list', isVisible, `${screen('chats')}, ${screen('chat')}`)
  }

  /** Does what the screen asks for, whichever comes, until `goal` is there and no invite is left in the address. */
  const walkTo = async (goal: 'chats' | 'chat'): Promise<void> => {
    const end = performance.now() + FIRST_CONTACT_TIMEOUT_MS
    for (;;) {
      const remaining = Math.max(1, end - performance.now())
      await tab().waitUntil(`${name} to reach ${goal}`, screenNow, goal, remaining)
      const at = await tab().evaluate(screenNow, goal)
      if (at === goal) return
      if (at === 'welcome') await tab().fill(control('name-input'), name)
      if (at === 'welcome') await tab().click(`${screen(at)} ${control('continue')}`)
      if (at === 'link') await tab().click(`${screen(at)} ${control('continue')}`)
      if (at === 'invite') await tab().click(control('accept-invite'))
      await tab().waitUntil(`${name} to get past ${at}`, isGone, screen(at), remaining)
    }
  }

  const person: Actor = {
    name,
    engine,
    origin,
    lines,
    get browser() {
      return device.browser
    },
    get device() {
      return device
    },
    get tab() {
      return tab()
    },
    get page() {
      return tab().page as Page
    },
    firstRun: async () => {
      await tab().goto(`${origin}/`)
      await walkTo('chats')
      await waitForNode(tab())
      // from here the app starts without its server, as it does for anybody who has seen it once
      await tab().waitUntil('the app to be kept for offline use', isKeptOffline, undefined)
    },
    inviteLink: async () => {
      await waitForNode(tab())
      return createInvite(tab())
    },
    open: async (link) => {
      await tab().goto(link)
      await walkTo('chat')
      await waitForNode(tab())
    },
    knows: async (other) => {
      await until(
        `${name} to have ${other} as a contact`,
        async () => (await readChats(tab())).some((row) => row.title === other && row.standing === 'open'),
        FIRST_CONTACT_TIMEOUT_MS
      )
    },
    pairWith: async (other) => {
      await other.open(await person.inviteLink())
      await person.knows(other.name)
      if (isActor(other)) await other.knows(name)
    },
    chat: (other) => createChat({ name: other.replace(/@.*$/, ''), origin, tab }),
    pathTo: async (other) => {
      const peers = (await readNetwork(tab()))?.peers.filter((peer) => peer.name === other.name) ?? []
      if (peers.some((peer) => peer.path === 'direct')) return 'direct'
      return peers.some((peer) => peer.path === 'relayed') ? 'relayed' : 'none'
    },
    goAway: () => device.close(),
    crash: () => device.kill(),
    comeBack: async () => {
      device = await launch()
      await start(tab())
    },
    comeBackLocked: async () => {
      device = await launch()
      await tab().goto(`${origin}/`)
      await tab().waitUntil('the lock', isVisible, screen('locked'))
    },
    cut: () => device.cut(),
    mend: () => device.mend(),
    newTab: async () => {
      const opened = await device.newTab()
      await start(opened)
      return opened.page as Page
    },
    closeTab: async (page) => {
      const closing = device.tabs().find((one) => one.page === page)
      if (closing === undefined) throw new Error(`${name} has no such tab`)
      await closing.close()
    }
  }
  return person
}

const isActor = (person: Person): person is Actor => 'knows' in person

// ── run in the page ───────────────────────────────────────────────────────────────────────────────────────────────

/** The step that waits for the person, or the goal; empty while neither is there. */
const screenNow = (goal: string): string => {
  for (const name of ['welcome', 'link', 'invite', goal]) {
    const shown = [...document.querySelectorAll(`[data-screen="${name}"]`)]
    if (!shown.some((one) => one.checkVisibility({ visibilityProperty: true }))) continue
    return name === goal && location.hash.startsWith('#i/') ? '' : name
  }
  return ''
}

const isKeptOffline = async (): Promise<boolean> =>
  (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated'

const isGone = (selector: string): boolean =>
  ![...document.querySelectorAll(selector)].some((one) => one.checkVisibility({ visibilityProperty: true }))
