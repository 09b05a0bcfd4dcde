/**
 * The node's half of the bridge: every page that is connected, from `hello` to the end of its life. A page of another
 * build is told so and gets nothing else, because its `NodeApi` may differ from ours.
 */
import type { Log } from '../../base/log.ts'
import type { NodeApi } from '../api.ts'
import { type NodeFrame, type NodeStatus, type PageControl, readPageFrame } from '../frames.ts'
import { type Locks, whenGone } from '../locks.ts'
import type { Port, PortEvent } from '../port.ts'
import { type Checks, type RpcServer, serveRpc } from '../rpc.ts'

export interface PagesDeps {
  readonly build: string
  readonly worker: 'shared' | 'dedicated'
  /** The name of the Web Lock that this worker holds for life; pages wait for it, so it must be held before they know. */
  readonly lock: Promise<string>
  readonly locks: Locks
  readonly api: Promise<NodeApi>
  readonly checks: Checks<NodeApi>
  readonly log: Log
  /** A page offers to host WebRTC behind `port`; `lock` is free again when the page is gone. */
  onRtcOffer(offer: { readonly port: MessagePort; readonly lock: string; readonly visible: boolean }): void
  onWake(): void
  /** How many pages are in sight, whenever that changes. */
  onSight?(count: number): void
  onRetire(): void
  onTakeOver(force: boolean): void
}

export interface Pages {
  add(port: Port): void
  setStatus(status: NodeStatus): void
  /** Tells all pages that a node of another build wants to take over. */
  announceUpdate(): void
  count(): number
}

/**
 * Calls that stretch a passphrase: Argon2id holds the worker for seconds, on a slow phone for many, and no beat is answered
 * meanwhile. All pages are told before, or the first of them would start another worker in the middle of it.
 */
const HEAVY: ReadonlySet<string> = new Set<keyof NodeApi>([
  'unlock',
  'setPassphrase',
  'addPasskey',
  'removePasskey',
  'exportKey',
  'startBackup',
  'nextBackupPart',
  'startRestore',
  'putRestorePart',
  'finishRestore'
])
const BUSY_MS = 90_000

interface Page {
  readonly port: Port
  isHidden?: boolean
  lock?: string
  rpc?: RpcServer
  stopWaiting?: () => void
}

export const createPages = (deps: PagesDeps): Pages => {
  const { build, worker, lock, locks, log } = deps
  const pages = new Set<Page>()
  let status: NodeStatus = { state: 'starting' }
  let updateWanted = false

  const tell = (page: Page, frame: NodeFrame): void => page.port.postMessage(frame)

  const countSight = (): void => deps.onSight?.([...pages].filter((page) => page.isHidden !== true).length)

  const drop = (page: Page): void => {
    if (!pages.delete(page)) return
    countSight()
    page.rpc?.close()
    page.stopWaiting?.()
    page.port.close()
    log.info('bridge.page-gone', { pages: pages.size })
  }

  const onCall = (name: string): void => {
    if (!HEAVY.has(name)) return
    for (const page of pages) if (page.rpc !== undefined) tell(page, { kind: 'busy', ms: BUSY_MS })
  }

  const greet = async (page: Page, hello: { readonly build: string; readonly lock: string }): Promise<void> => {
    if (page.lock === undefined) {
      page.lock = hello.lock
      page.stopWaiting = whenGone(locks, hello.lock, () => drop(page))
      log.info('bridge.page', { pages: pages.size, sameBuild: hello.build === build })
    }
    tell(page, { kind: 'welcome', build, lock: await lock, worker })
    if (hello.build !== build) return
    page.rpc ??= serveRpc<NodeApi>({ port: page.port, api: deps.api, checks: deps.checks, log, onCall })
    tell(page, { kind: 'status', status })
    if (updateWanted) tell(page, { kind: 'update-ready' })
  }

  const control = (page: Page, frame: PageControl, ports: readonly MessagePort[]): void => {
    switch (frame.kind) {
      case 'hello':
        void greet(page, frame)
        break
      case 'ping':
        tell(page, { kind: 'pong', count: frame.count })
        break
      case 'rtc': {
        const [port] = ports
        if (port === undefined || page.lock === undefined) log.warn('bridge.bad-frame', { kind: 'rtc' })
        else deps.onRtcOffer({ port, lock: page.lock, visible: frame.visible })
        break
      }
      case 'wake':
        page.isHidden = false
        countSight()
        deps.onWake()
        break
      case 'hidden':
        page.isHidden = true
        countSight()
        break
      case 'retire':
        deps.onRetire()
        break
      case 'take-over':
        deps.onTakeOver(frame.force)
        break
    }
  }

  return {
    add: (port) => {
      const page: Page = { port }
      pages.add(page)
      countSight()
      port.addEventListener('message', ({ data, ports = [] }: PortEvent) => {
        const frame = readPageFrame(data)
        if (frame !== undefined && !('id' in frame)) control(page, frame, ports)
      })
      port.start?.()
    },
    setStatus: (now) => {
      status = now
      for (const page of pages) if (page.rpc !== undefined) tell(page, { kind: 'status', status })
    },
    announceUpdate: () => {
      updateWanted = true
      for (const page of pages) if (page.rpc !== undefined) tell(page, { kind: 'update-ready' })
    },
    count: () => pages.size
  }
}
