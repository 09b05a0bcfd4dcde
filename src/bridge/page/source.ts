/**
 * Where a page's port to the node comes from. `shared`: one SharedWorker for all tabs. `leading` (no SharedWorker): the
 * tab that holds the leader lock runs the same script as a dedicated worker, and the others knock at its door.
 */
import type { Clock } from '../../base/clock.ts'
import type { Locks } from '../locks.ts'
import type { Port } from '../port.ts'
import { trustedScript } from './trusted.ts'

/** Same name as in worker/door.ts, which a page must not import. */
const DOOR = 'cryptochat-door'
const LEADER_LOCK = 'cryptochat-leader'
const NAME_KEY = 'cryptochat-node'
/** Between two knocks: a new leader's worker needs about this long to start. */
const KNOCK_MS = 250
/** A frozen tab keeps its lock but answers nobody: after this long its lead is taken away. */
const FROZEN_AFTER_MS = 12_000

export interface Opened {
  readonly port: Port
  /** Ports can be transferred through it: this page can host WebRTC. */
  readonly transfers: boolean
}

export interface NodeSource {
  /** `onError`: the script could not be loaded or threw while starting. */
  open(onError: (why: string) => void): Promise<Opened>
  /** After a worker was lost: the next `open` leads to a fresh one. */
  renew(): void
  close(): void
}

/** All tabs must agree on the worker's name, or each would start its own. In private modes storage may be denied. */
const readName = (): string | undefined => {
  try {
    return localStorage.getItem(NAME_KEY) ?? undefined
  } catch {
    return undefined
  }
}
const writeName = (name: string): boolean => {
  try {
    localStorage.setItem(NAME_KEY, name)
    return true
  } catch {
    return false
  }
}

/**
 * `extendedLifetime` (Chromium): the worker outlives the last tab for a while, so that what was written just before it
 * closed still leaves, and a reload finds the node as it was. Elsewhere the option is unknown and ignored.
 */
const SHARED_OPTIONS = { type: 'module' as const, extendedLifetime: true }

export const createSharedSource = (script: string): NodeSource => {
  let name = readName() ?? '1'
  return {
    open: async (onError) => {
      const worker = new SharedWorker(trustedScript(script), { ...SHARED_OPTIONS, name: `cryptochat-${name}` })
      worker.addEventListener('error', () => onError('the worker script cannot run'))
      return { port: worker.port, transfers: true }
    },
    renew: () => {
      const others = readName()
      // another tab noticed first: follow it
      if (others !== undefined && others !== name) name = others
      else {
        name = String((Number(name) || 0) + 1)
        writeName(name)
      }
    },
    close: () => undefined
  }
}

const workerAsPort = (worker: Worker): Port => {
  const port = worker as unknown as Port
  return {
    postMessage: (frame, transfer = []) => worker.postMessage(frame, transfer),
    addEventListener: (type, listener) => port.addEventListener(type, listener),
    removeEventListener: (type, listener) => port.removeEventListener(type, listener),
    close: () => worker.terminate()
  }
}

export const createLeadingSource = ({
  script,
  locks,
  clock
}: {
  script: string
  locks: Locks
  clock: Clock
}): NodeSource => {
  const closing = new AbortController()
  let isLeader = false
  let running: Worker | undefined
  let onLead: (() => void) | undefined

  const lead = (steal: boolean): void => {
    const options = steal ? { steal } : { signal: closing.signal }
    const held = (): Promise<void> => {
      isLeader = true
      onLead?.()
      return new Promise((resolve) => closing.signal.addEventListener('abort', () => resolve(), { once: true }))
    }
    locks.request(LEADER_LOCK, options, held).catch((error: unknown) => {
      if (closing.signal.aborted) return
      // our lead was taken away while this tab was frozen: what still runs here must not write
      isLeader = false
      running?.terminate()
      if ((error as { readonly name?: string }).name !== 'AbortError') throw error
      lead(false)
    })
  }
  lead(false)

  const startHere = (onError: (why: string) => void): Opened => {
    running?.terminate()
    running = new Worker(trustedScript(script), { type: 'module', name: 'cryptochat' })
    running.addEventListener('error', () => onError('the worker script cannot run'))
    return { port: workerAsPort(running), transfers: true }
  }

  const knock = async (name: string, until: AbortSignal): Promise<void> => {
    const door = new BroadcastChannel(DOOR)
    try {
      const startedAt = clock.now()
      let stolen = false
      while (!until.aborted) {
        door.postMessage({ kind: 'knock', channel: name })
        await clock.sleep(KNOCK_MS, until)
        if (stolen || clock.now() - startedAt < FROZEN_AFTER_MS) continue
        stolen = true
        lead(true)
      }
    } finally {
      door.close()
    }
  }

  return {
    open: (onError) =>
      new Promise((resolve) => {
        if (isLeader) {
          resolve(startHere(onError))
          return
        }
        const settled = new AbortController()
        const name = `${DOOR}-${crypto.randomUUID()}`
        const channel = new BroadcastChannel(name)
        const opened = (): void => {
          settled.abort()
          onLead = undefined
          resolve({ port: channel, transfers: false })
        }
        channel.addEventListener('message', opened, { once: true })
        onLead = () => {
          settled.abort()
          onLead = undefined
          channel.close()
          resolve(startHere(onError))
        }
        knock(name, settled.signal).catch((error: unknown) => {
          if (!settled.signal.aborted) onError(String(error))
        })
      }),
    renew: () => undefined,
    close: () => {
      closing.abort()
      running?.terminate()
    }
  }
}
