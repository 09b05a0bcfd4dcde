/**
 * One life of a node, seen from a page: greeting, sign of life, and the end. It ends exactly once, with `onLost`.
 * Two signs are watched: the worker's Web Lock (its end is known at once) and a heartbeat (a worker that hangs).
 */
import type { Clock } from '../../base/clock.ts'
import type { NodeStatus, PageControl } from '../frames.ts'
import { readNodeFrame } from '../frames.ts'
import { type Locks, whenGone } from '../locks.ts'
import type { Port, PortEvent } from '../port.ts'
import { connectRpc, type RpcClient } from '../rpc.ts'

/** Two missed beats mean a hung worker. Long enough for a busy phone, short enough to wait for. */
export const BEAT_MS = 3_000
export const MAX_MISSES = 2
/** A worker that said so may be silent for longer, and no worker for ever. */
const MAX_PATIENCE_MS = 120_000
/** A worker that says nothing at all: its script is slow to load, or cannot. */
export const GREETING_TIMEOUT_MS = 45_000

export interface ConnectionDeps {
  readonly port: Port
  readonly build: string
  /** The Web Lock that this page holds for life. */
  readonly lock: string
  readonly locks: Locks
  readonly clock: Clock
  onStatus(status: NodeStatus): void
  /** The node is of another build: nothing can be asked of it, but it can be told to retire. */
  onOtherBuild(): void
  onUpdateReady(): void
  onLost(why: string): void
}

export interface Connection {
  readonly rpc: RpcClient
  tell(frame: PageControl, transfer?: Transferable[]): void
  close(why: string): void
}

export const openConnection = (deps: ConnectionDeps): Connection => {
  const { port, build, lock, locks, clock } = deps
  const rpc = connectRpc({ port, clock })
  const ended = new AbortController()
  let stopWaiting: (() => void) | undefined
  let greeted = false
  let beaten = 0
  let heard = 0
  let patientUntil = 0

  const tell = (frame: PageControl, transfer: Transferable[] = []): void => {
    if (ended.signal.aborted) return
    if (transfer.length > 0) port.postMessage(frame, transfer)
    else port.postMessage(frame)
  }

  const close = (why: string): void => {
    if (ended.signal.aborted) return
    ended.abort()
    port.removeEventListener('message', hear)
    stopWaiting?.()
    rpc.close(why)
    port.close()
  }

  const lose = (why: string): void => {
    if (ended.signal.aborted) return
    close(why)
    deps.onLost(why)
  }

  const hear = ({ data }: PortEvent): void => {
    const frame = readNodeFrame(data)
    if (frame === undefined || 'id' in frame) return
    switch (frame.kind) {
      case 'welcome':
        if (greeted) break
        greeted = true
        stopWaiting = whenGone(locks, frame.lock, () => lose('the worker ended'))
        if (frame.build !== build) deps.onOtherBuild()
        break
      case 'status':
        deps.onStatus(frame.status)
        break
      case 'update-ready':
        deps.onUpdateReady()
        break
      case 'busy':
        patientUntil = clock.now() + Math.min(frame.ms, MAX_PATIENCE_MS)
        break
      case 'pong':
        heard = frame.count
        break
    }
  }

  const watchOver = async (): Promise<void> => {
    const startedAt = clock.now()
    for (;;) {
      const sentAt = clock.now()
      tell({ kind: 'ping', count: ++beaten })
      await clock.sleep(BEAT_MS, ended.signal)
      // a machine that slept through several beats says nothing about the worker: count from here
      if (clock.now() - sentAt > MAX_MISSES * BEAT_MS) heard = beaten
      else if (!greeted && clock.now() - startedAt > GREETING_TIMEOUT_MS) lose('the worker does not start')
      else if (greeted && beaten - heard >= MAX_MISSES && clock.now() >= patientUntil) lose('the worker hangs')
    }
  }

  port.addEventListener('message', hear)
  port.start?.()
  tell({ kind: 'hello', build, lock })
  watchOver().catch((error: unknown) => {
    if (!ended.signal.aborted) throw error
  })
  return { rpc, tell, close }
}
