/**
 * Finds the node, keeps it, and finds the next one when it is lost: the page's NodeApi and its PageLink. What must
 * hold: no keystroke is lost and nothing reloads by itself, whatever happens to the worker.
 */
import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { NodeApi } from '../api.ts'
import type { NodeStatus, StartFailure } from '../frames.ts'
import { holdLock, type Locks } from '../locks.ts'
import type { RpcClient } from '../rpc.ts'
import { type Connection, openConnection } from './connection.ts'
import type { LinkState, PageLink } from './link.ts'
import { createNodeClient, type Lines } from './node-client.ts'
import type { NodeSource } from './source.ts'

export interface OpenNodeDeps {
  readonly source: NodeSource
  readonly build: string
  readonly locks: Locks
  readonly clock: Clock
  readonly newId: () => string
  /** Offers this page as a host for WebRTC: called with our end of a new port. Absent where there is no WebRTC. */
  readonly hostRtc?: ((port: MessagePort) => void) | undefined
  /** The page came back into sight: whatever was asleep may need a look at the network. */
  readonly onAwake: (listener: () => void) => void
  /** The page went out of sight: when none is in sight for a while, the store may be locked. */
  readonly sight?: { isHidden(): boolean; onHidden(listener: () => void): void }
  /** Lets the version that waits take over the app's files; resolves when a reload brings it. */
  activateUpdate(): Promise<void>
  reload(): void
}

export interface OpenedNode {
  readonly node: NodeApi
  readonly link: PageLink
  /** The service worker found a new version. */
  announceUpdate(): void
}

/** Fresh workers that died one after the other, each soon after its start: something is wrong with all of them. */
const MAX_DEATHS = 6
const STABLE_MS = 30_000
const RETIRE_TIMEOUT_MS = 3_000

export const openNode = (deps: OpenNodeDeps): OpenedNode => {
  const { source, build, locks, clock, newId } = deps
  const listeners = new Set<() => void>()
  const pageLock = `cryptochat-page-${newId()}`
  const held = holdLock(locks, pageLock)
  let state: LinkState = 'starting'
  let failure: StartFailure | undefined
  let updateReady = false
  let isOtherBuild = false
  let connection: Connection | undefined
  let deaths = 0
  let arrival = Promise.withResolvers<RpcClient>()
  /** This page agreed to an update and is about to reload: what its node does meanwhile is no news. */
  let leaving: PromiseWithResolvers<void> | undefined
  /** Which worker we mean: what an earlier one still says or does is of no interest. */
  let generation = 0

  const onChange = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  const change = (now: LinkState): void => {
    if (state === 'ready' && now !== 'ready') arrival = Promise.withResolvers()
    state = now
    arrival.promise.catch(() => undefined) // a rejection nobody waits for is not an error
    if (now === 'ready' && connection !== undefined) arrival.resolve(connection.rpc)
    if (now === 'failed' || now === 'outdated') arrival.reject(new AppError('not-ready', `the node is ${now}`))
    for (const listener of listeners) listener()
  }

  const fail = (why: StartFailure): void => {
    failure = why
    change('failed')
  }

  const lost = (why: string, mine: number): void => {
    // a node that could not start ends by itself, and one that retired does: nobody is missed
    if (leaving !== undefined || state === 'outdated' || state === 'failed' || mine !== generation) return
    generation++
    connection?.close(why)
    connection = undefined
    deaths++
    if (deaths > MAX_DEATHS) {
      fail({ reason: 'other', message: why })
      return
    }
    source.renew()
    change(state === 'starting' ? 'starting' : 'restarting')
    void start()
  }

  const forgetDeaths = async (mine: number): Promise<void> => {
    await clock.sleep(STABLE_MS)
    if (mine === generation) deaths = 0
  }

  const onStatus = (status: NodeStatus): void => {
    switch (status.state) {
      case 'ready':
        change('ready')
        void forgetDeaths(generation)
        break
      case 'starting':
        if (state === 'waiting') change('starting')
        break
      case 'waiting':
        // the worker we lost still holds the database: it hangs, or it is just ending
        if (state === 'restarting') connection?.tell({ kind: 'take-over', force: true })
        else change('waiting')
        break
      case 'failed':
        fail(status.failure)
        break
      case 'retired':
        if (leaving !== undefined) leaving.resolve()
        else {
          connection?.close('another version took over')
          change('outdated')
        }
        break
    }
  }

  const offerRtc = (opened: Connection): void => {
    if (deps.hostRtc === undefined) return
    const { port1, port2 } = new MessageChannel()
    deps.hostRtc(port1)
    opened.tell({ kind: 'rtc', visible: document.visibilityState === 'visible' }, [port2])
  }

  const announceUpdate = (): void => {
    updateReady = true
    for (const listener of listeners) listener()
  }

  const start = async (): Promise<void> => {
    const mine = ++generation
    try {
      await held
      if (deaths > 1) await clock.sleep(250 * 2 ** deaths)
      const { port, transfers } = await source.open((why) => {
        // a dedicated worker reports every uncaught error here; one that serves is not given up for that
        if (state !== 'ready') lost(why, mine)
      })
      isOtherBuild = false
      connection = openConnection({
        port,
        build,
        lock: pageLock,
        locks,
        clock,
        onStatus,
        onOtherBuild: () => {
          isOtherBuild = true
          change('waiting')
          announceUpdate()
        },
        onUpdateReady: announceUpdate,
        onLost: (why) => lost(why, mine)
      })
      if (deps.sight?.isHidden() === true) connection.tell({ kind: 'hidden' })
      if (transfers) offerRtc(connection)
    } catch (error) {
      fail({ reason: 'other', message: String(error) })
    }
  }
  void start()
  deps.onAwake(() => connection?.tell({ kind: 'wake' }))
  deps.sight?.onHidden(() => connection?.tell({ kind: 'hidden' }))

  /**
   * In this order: Chromium keeps a new service worker waiting when a shared worker that the old one controls closes just
   * before, and the reload would bring the old version.
   */
  const leave = async (from: Connection, retired: Promise<void>): Promise<void> => {
    await deps.activateUpdate()
    from.tell({ kind: 'retire' })
    await Promise.race([retired, clock.sleep(RETIRE_TIMEOUT_MS)])
    deps.reload()
  }

  const applyUpdate = (): void => {
    if (connection === undefined || state === 'outdated' || state === 'failed') {
      void deps.activateUpdate().then(() => deps.reload())
      return
    }
    if (state === 'waiting') {
      // what we reached is the node in the way itself, or our own node that waits for it
      connection.tell(isOtherBuild ? { kind: 'retire' } : { kind: 'take-over', force: false })
      return
    }
    if (leaving !== undefined) return
    leaving = Promise.withResolvers()
    void leave(connection, leaving.promise)
  }

  const lines: Lines = {
    next: () => arrival.promise,
    isOpen: (rpc) => state === 'ready' && connection?.rpc === rpc
  }

  return {
    node: createNodeClient(lines, newId),
    link: {
      get state() {
        return state
      },
      get failure() {
        return failure
      },
      get updateReady() {
        return updateReady
      },
      onChange,
      watchUpdate: (tell) => {
        tell(updateReady)
        return onChange(() => tell(updateReady))
      },
      applyUpdate,
      retry: () => {
        if (state !== 'failed') return
        deaths = 0
        failure = undefined
        connection?.close('trying again')
        connection = undefined
        arrival = Promise.withResolvers()
        source.renew()
        change('starting')
        void start()
      }
    },
    announceUpdate
  }
}
