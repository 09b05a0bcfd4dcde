/**
 * The life of a node in its worker: open the door to pages, wait for ownership, start, serve, and end in order. Pages
 * are answered from the first moment; what they ask before the node is ready waits for it.
 */
import { systemClock } from '../base/clock.ts'
import { createLogBook } from '../base/log.ts'
import { systemRandom } from '../base/random.ts'
import { toPlainError } from '../base/errors.ts'
import type { NodeApi } from '../bridge/api.ts'
import { holdLock } from '../bridge/locks.ts'
import { nodeApiChecks } from '../bridge/worker/checks.ts'
import { openDoor, workerKind } from '../bridge/worker/door.ts'
import { createPages } from '../bridge/worker/pages.ts'
import type { RtcHostPages } from '../p2p/rtc/worker/hosts.ts'
import { createNode, type RunningNode } from './create-node.ts'
import { errorToFailure } from './failure.ts'
import { claimOwnership, OWNERS } from './ownership.ts'

/** What both kinds of worker's global scopes have. */
export interface Scope {
  readonly location: { readonly origin: string }
  close(): void
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void
  addEventListener(type: 'unhandledrejection', listener: (event: { readonly reason: unknown }) => void): void
}

export interface RunNodeDeps {
  readonly scope: Scope
  readonly build: string
  /** Pages that lend their WebRTC. */
  readonly rtc: RtcHostPages
}

/** Saying goodbye to peers may take long; the database is closed first. */
const STOP_TIMEOUT_MS = 2_000
/** For what was said last to leave before the scope closes. */
const LAST_WORDS_MS = 200

export const runNode = ({ scope, build, rtc }: RunNodeDeps): void => {
  const { locks } = navigator
  const log = createLogBook({ now: () => systemClock.now() })
  const worker = workerKind(scope)
  const lockName = `cryptochat-worker-${crypto.randomUUID()}`
  const lock = holdLock(locks, lockName).then(() => lockName)
  const api = Promise.withResolvers<NodeApi>()
  api.promise.catch(() => undefined) // told to pages as a status
  const startedAt = systemClock.now()
  let node: RunningNode | undefined
  let ending = false

  const pages = createPages({
    build,
    worker,
    lock,
    locks,
    api: api.promise,
    checks: nodeApiChecks,
    log,
    onRtcOffer: (offer) => rtc.offer(offer),
    onWake: () => node?.wake(),
    onSight: (count) => node?.setInSight(count),
    onRetire: () => void end('retired'),
    onTakeOver: (force) => (force ? ownership.rob() : ownership.askToRetire())
  })
  const ownership = claimOwnership({
    locks,
    owners: new BroadcastChannel(OWNERS),
    clock: systemClock,
    build,
    onWaiting: () => pages.setStatus({ state: 'waiting' }),
    onWanted: () => pages.announceUpdate(),
    onRetire: () => void end('retired'),
    onRobbed: () => void end('lost')
  })

  /**
   * Nothing is written after this; then the next node may. One that lost its lock or its database leaves in silence:
   * its pages see it end and start the next.
   */
  const end = async (why: 'retired' | 'lost'): Promise<void> => {
    if (ending) return
    ending = true
    log.info('node.end', { why })
    try {
      const stopped = why === 'lost' ? node?.abandon() : node?.stop()
      await Promise.race([stopped, systemClock.sleep(STOP_TIMEOUT_MS)])
    } catch (error) {
      log.error('node.stop-failed', { message: toPlainError(error).message })
    }
    ownership.release()
    if (why === 'retired') pages.setStatus({ state: 'retired' })
    await systemClock.sleep(LAST_WORDS_MS)
    scope.close()
  }

  const start = async (): Promise<void> => {
    try {
      await ownership.owned
      pages.setStatus({ state: 'starting' })
      const started = await createNode({
        build,
        worker,
        startedAt,
        origin: scope.location.origin,
        rtc,
        clock: systemClock,
        random: systemRandom,
        log,
        pages: () => pages.count(),
        onDatabaseLost: (why) => void end(why === 'upgraded' ? 'retired' : 'lost')
      })
      node = started
      if (ending) {
        await started.stop()
        return
      }
      api.resolve(started.api)
      pages.setStatus({ state: 'ready' })
      log.info('node.ready', { ms: systemClock.now() - startedAt })
    } catch (error) {
      const failure = errorToFailure(error)
      log.error('node.start-failed', { reason: failure.reason, message: failure.message })
      pages.setStatus({ state: 'failed', failure })
      api.reject(error)
      ownership.release()
      // whoever tries again must find a fresh worker, not this one
      await systemClock.sleep(LAST_WORDS_MS)
      scope.close()
    }
  }

  scope.addEventListener('error', ({ message }) => log.error('node.uncaught', { message: String(message) }))
  scope.addEventListener('unhandledrejection', ({ reason }) => {
    log.error('node.unhandled', { message: toPlainError(reason).message })
  })
  void start()
  openDoor(scope, (port) => pages.add(port))
}
