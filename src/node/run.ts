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

export interface RunNodeDeps {
  readonly scope: { readonly location: { readonly origin: string }; close(): void }
  readonly build: string
  /** Pages that lend their WebRTC. */
  readonly rtc: RtcHostPages
}

export const runNode = ({ scope, build, rtc }: RunNodeDeps): void => {
  const { locks } = navigator
  const log = createLogBook({ now: systemClock.now })
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
    onRtcOffer: rtc.offer,
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
    onRobbed: () => void end('robbed')
  })

  /** Nothing is written after this; then the next node may. A robbed node leaves in silence: its pages have moved on. */
  const end = async (why: 'retired' | 'robbed'): Promise<void> => {
    if (ending) return
    ending = true
    log.info('node.end', { why })
    try {
      await node?.stop()
    } catch (error) {
      log.error('node.stop-failed', { message: toPlainError(error).message })
    }
    ownership.release()
    if (why === 'retired') pages.setStatus({ state: 'retired' })
    await systemClock.sleep(100) // for the status to leave before the scope closes
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
        pages: pages.count,
        onDatabaseLost: () => void end('retired')
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
      ownership.release()
      api.reject(error)
    }
  }

  void start()
  openDoor(scope, pages.add)
}
