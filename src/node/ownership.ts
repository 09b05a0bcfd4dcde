/**
 * Exactly one node of a profile ever writes: whoever holds the Web Lock. A node of another build waits its turn; the
 * owner retires only when a person agreed. A node that hangs can be robbed, and must stop the moment it learns so.
 */
import type { Clock } from '../base/clock.ts'
import type { Locks } from '../bridge/locks.ts'

const LOCK = 'cryptochat-node'
/** An owner that is just ending (a reload) is gone by then; one that hangs does not answer. */
const PATIENCE_MS = 1_500

/** What nodes say to each other, over a BroadcastChannel of this name. */
export const OWNERS = 'cryptochat-owners'
type Word =
  | { readonly kind: 'want'; readonly build: string }
  | { readonly kind: 'here'; readonly build: string }
  | { readonly kind: 'retire' }

export interface Owners {
  postMessage(word: Word): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  close(): void
}

export interface OwnershipDeps {
  readonly locks: Locks
  readonly owners: Owners
  readonly clock: Clock
  readonly build: string
  /** Somebody else owns, and will for a while. */
  onWaiting(): void
  /** We own, and a node of another build would like to. */
  onWanted(): void
  /** We own, and a person agreed elsewhere that we stop. */
  onRetire(): void
  /** We owned, and were robbed: we hung for too long. */
  onRobbed(): void
}

export interface Ownership {
  /** Resolves when the database is ours. */
  readonly owned: Promise<void>
  /** Asks the present owner to retire. */
  askToRetire(): void
  /** Takes the lock from an owner that hangs. */
  rob(): void
  /** Gives it away; the next in line gets it at once. */
  release(): void
}

const isWord = (data: unknown): data is Word =>
  typeof data === 'object' &&
  data !== null &&
  ['want', 'here', 'retire'].includes(String((data as Record<string, unknown>)['kind']))

export const claimOwnership = (deps: OwnershipDeps): Ownership => {
  const { locks, owners, clock, build } = deps
  const owned = Promise.withResolvers<void>()
  const done = Promise.withResolvers<void>()
  const queued = new AbortController()
  let phase: 'waiting' | 'owner' | 'over' = 'waiting'

  const hold = (): Promise<void> => {
    if (phase !== 'waiting') return Promise.resolve()
    phase = 'owner'
    owned.resolve()
    return done.promise
  }

  const over = (): void => {
    phase = 'over'
    owners.close()
  }

  /** A held lock's promise rejects only when it was stolen. */
  const onRejected = (error: unknown): void => {
    if (phase === 'owner') {
      over()
      deps.onRobbed()
    } else if (!queued.signal.aborted) owned.reject(error)
  }

  const waitPolitely = async (): Promise<void> => {
    await clock.sleep(PATIENCE_MS)
    if (phase === 'waiting') deps.onWaiting()
  }

  owners.addEventListener('message', ({ data }) => {
    if (!isWord(data)) return
    if (data.kind === 'here' && phase === 'waiting' && data.build !== build) deps.onWaiting()
    if (phase !== 'owner') return
    if (data.kind === 'want' && data.build !== build) deps.onWanted()
    if (data.kind === 'want') owners.postMessage({ kind: 'here', build })
    if (data.kind === 'retire') deps.onRetire()
  })
  locks.request(LOCK, { signal: queued.signal }, hold).catch(onRejected)
  owners.postMessage({ kind: 'want', build })
  void waitPolitely()

  return {
    owned: owned.promise,
    askToRetire: () => {
      if (phase === 'waiting') owners.postMessage({ kind: 'retire' })
    },
    rob: () => {
      if (phase !== 'waiting') return
      queued.abort()
      locks.request(LOCK, { steal: true }, hold).catch(onRejected)
    },
    release: () => {
      if (phase === 'over') return
      over()
      queued.abort()
      done.resolve()
    }
  }
}
