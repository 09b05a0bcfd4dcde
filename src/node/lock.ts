/**
 * The lock of the store. Open: an engine runs over it. Locked: no key and no row is in memory, and nothing but unlocking and
 * wiping works. Changes of state follow one another, whatever is asked meanwhile.
 */
import { AppError, toPlainError } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import { latest } from '../base/latest.ts'
import type { Log } from '../base/log.ts'
import { createQueue } from '../base/queue.ts'
import type { LockView, Unlock } from '../model/security-views.ts'
import { type Db, openDatabase } from '../store/database.ts'
import type { Disk } from '../store/disk.ts'
import type { KeyChange, Keys, Vaults } from './keys.ts'
import type { Engine, LockApi } from './parts.ts'

export interface LockDeps {
  readonly disk: Disk
  readonly keys: Keys
  readonly clock: Clock
  readonly log: Log
  startEngine(db: Db): Promise<Engine>
  /** Everything is gone: this node cannot go on. */
  onWiped(): void
}

export interface Lock {
  readonly api: LockApi
  /** Undefined while it is locked. */
  engine(): Engine | undefined
  /** Calls back when it is locked or opened; answers how to stop. */
  onChange(listener: () => void): () => void
  /** Opens by itself where nobody has to be asked. */
  start(): Promise<void>
  /** How many pages are in sight. */
  setInSight(count: number): void
  stop(how: 'stop' | 'abandon'): Promise<void>
}

const MINUTE_MS = 60_000

export const createLock = ({ disk, keys, clock, log, startEngine, onWiped }: LockDeps): Lock => {
  const queue = createQueue()
  const listeners = new Set<() => void>()
  let running: { readonly engine: Engine; readonly db: Db } | undefined
  let isOver = false
  let leaving: AbortController | undefined

  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  const onChange = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const view = (): LockView => ({ state: running === undefined ? 'locked' : 'open', ...keys.view() })

  const openWith = async (vaults: Vaults): Promise<void> => {
    const db = await openDatabase({ disk, vaults }).catch((error: unknown) => {
      // the key was right: this is not what a person typed
      const isDamaged = error instanceof AppError && error.code === 'untrusted'
      throw isDamaged ? new AppError('internal', 'the store on this disk is damaged', { cause: error }) : error
    })
    try {
      // a change of keys that was interrupted ends here
      if (vaults.length > 1) await renew(db)
      running = { engine: await startEngine(db), db }
    } catch (error) {
      db.close()
      throw error
    }
    tell()
  }
  const renew = async (db: Db, vault?: Vaults[0]): Promise<void> => {
    await db.renew(vault)
    await keys.finish()
  }

  const shut = async (): Promise<void> => {
    if (running === undefined) return
    const { engine } = running
    running = undefined
    tell()
    log.info('lock.locked')
    await engine.stop()
  }

  const need = (): Db => {
    if (running === undefined) throw new AppError('not-ready', 'the store is locked')
    return running.db
  }
  const change = (how: KeyChange): Promise<void> =>
    queue.run(async () => {
      const db = need()
      const vault = await keys.change(how)
      if (vault !== undefined) await renew(db, vault)
      tell()
    })

  /** Nobody looks: locked after a while, if there is a lock. */
  const leaveAlone = async (signal: AbortSignal): Promise<void> => {
    const { timeoutMinutes } = keys.view()
    if (timeoutMinutes === undefined || keys.opensByItself()) return
    await clock.sleep(timeoutMinutes * MINUTE_MS, signal)
    await queue.run(shut)
  }
  const watchSight = (count: number): void => {
    leaving?.abort()
    leaving = undefined
    if (count > 0 || isOver) return
    const left = new AbortController()
    leaving = left
    leaveAlone(left.signal).catch((error: unknown) => {
      if (!left.signal.aborted) log.error('lock.timeout-failed', { message: toPlainError(error).message })
    })
  }

  const api: LockApi = {
    watchLock: () =>
      latest((push) => {
        push(view())
        return onChange(() => push(view()))
      }),
    unlock: (how: Unlock) =>
      queue.run(async () => {
        if (running !== undefined || isOver) return
        await openWith(await keys.open(how))
        log.info('lock.unlocked', { by: how.by })
      }),
    lock: () =>
      queue.run(async () => {
        if (keys.opensByItself()) throw new AppError('conflict', 'there is nothing that would open it again')
        await shut()
      }),
    setPassphrase: (want, have) =>
      want === null
        ? change({ have, drop: { kind: 'passphrase' } })
        : change({ have, set: { by: 'passphrase', passphrase: want } }),
    addPasskey: (want, have) => change({ have, set: want }),
    removePasskey: (credential, have) => change({ have, drop: { kind: 'prf', credential } }),
    setLockTimeout: async (minutes) => {
      need()
      await keys.setTimeout(minutes)
      tell()
    },
    wipe: () =>
      queue.run(async () => {
        isOver = true
        const engine = running?.engine
        running = undefined
        await engine?.stop()
        await disk.erase()
        log.info('lock.wiped')
        onWiped()
      })
  }

  return {
    api,
    engine: () => running?.engine,
    onChange,
    start: () =>
      queue.run(async () => {
        if (keys.opensByItself()) await openWith(await keys.open(undefined))
      }),
    setInSight: watchSight,
    stop: async (how) => {
      isOver = true
      leaving?.abort()
      await running?.engine[how]()
      disk.close()
    }
  }
}
