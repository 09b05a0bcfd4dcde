/**
 * What a story needs of a browser, and nothing an engine calls its own. One driver an engine implements it; `world.ts`,
 * `person.ts` and `chat.ts` know only this file. A device is one browser process with a profile of its own, because a
 * story may kill it, cut its network or bring it back.
 */

export interface Tab {
  /** The engine's own page: Playwright's in Chromium, puppeteer's in Firefox. */
  readonly page: unknown
  goto(url: string): Promise<void>
  reload(): Promise<void>
  /** Waits for the element to be there and clickable. */
  click(selector: string, timeoutMs?: number): Promise<void>
  hover(selector: string): Promise<void>
  /** A right click, or what a long press does on touch. */
  openContextMenu(selector: string): Promise<void>
  fill(selector: string, text: string): Promise<void>
  press(key: string): Promise<void>
  evaluate<A, R>(work: (argument: A) => R | Promise<R>, argument: A): Promise<R>
  /** Resolves when `test` answers something truthy in the page; `what` names it in the error. */
  waitUntil<A>(what: string, test: (argument: A) => unknown, argument: A, timeoutMs?: number): Promise<void>
  screenshot(path: string): Promise<void>
  isClosed(): boolean
  close(): Promise<void>
}

export interface Device {
  /** The engine's own browser object. */
  readonly browser: unknown
  readonly pid: number
  readonly version: string
  /** Open tabs, oldest first. */
  tabs(): readonly Tab[]
  newTab(): Promise<Tab>
  /** Ends every tab and worker in good order; the profile on disk stays. */
  close(): Promise<void>
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>
  /** No byte passes any more, in neither direction, on TCP or UDP; nothing is told to the app. */
  cut(): Promise<void>
  mend(): Promise<void>
}

export interface DeviceOptions {
  readonly profile: string
  /** Run in every page before the app's own scripts. */
  readonly initScript?: string
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly colorScheme?: 'light' | 'dark'
  readonly touch?: boolean
  /** SOCKS5 proxy that carries all TCP of this device; Firefox always has one, for `cut`. */
  readonly proxyPort?: number
  readonly args?: readonly string[]
  /** One line for everything the pages print or report. */
  readonly log: (line: string) => void
}

export interface Driver {
  launch(options: DeviceOptions): Promise<Device>
}

/** Default patience of one step. A story that needs longer says so. */
export const STEP_TIMEOUT_MS = 15_000
