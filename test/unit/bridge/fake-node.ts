/** A node in the same process: the worker's half of the bridge over a few methods, that can die and hang. */
import { latest } from '../../../src/base/latest.ts'
import { silentLog } from '../../../src/base/log.ts'
import type { NodeApi } from '../../../src/bridge/api.ts'
import type { NodeStatus } from '../../../src/bridge/frames.ts'
import { holdLock, type Locks } from '../../../src/bridge/locks.ts'
import type { Port } from '../../../src/bridge/port.ts'
import { nodeApiChecks } from '../../../src/bridge/worker/checks.ts'
import { createPages, type Pages } from '../../../src/bridge/worker/pages.ts'
import type { Settings } from '../../../src/model/views.ts'

/** What outlives a worker: here, what the database would hold. */
export interface Disk {
  theme: Settings['theme']
  readonly sent: { readonly text: string; readonly nonce: string | undefined }[]
  /** `send` writes and then says nothing, as if the worker died before the answer left. */
  swallowAnswers: boolean
  readonly watchers: Set<() => void>
}

export const createDisk = (): Disk => ({ theme: 'system', sent: [], swallowAnswers: false, watchers: new Set() })

export interface FakeNode {
  readonly pages: Pages
  readonly asked: string[]
  /** How many pages were in sight, one after the other. */
  readonly sights: number[]
  connect(): Port
  /** Gives the lock back without a word, as a terminated worker does. */
  die(): void
  /** Nothing is heard or said any more, but the lock stays. */
  hang(): void
}

const locks = navigator.locks as Locks
let made = 0

export const createFakeNode = (
  disk: Disk,
  { build = 'a', status = { state: 'ready' } }: { build?: string; status?: NodeStatus } = {}
): FakeNode => {
  const lockName = `fake-worker-${++made}`
  const held = holdLock(locks, lockName)
  const asked: string[] = []
  const sights: number[] = []
  const ports = new Set<MessagePort>()
  const never = new Promise<never>(() => undefined)

  const api: Partial<NodeApi> = {
    send: async (chat, draft, nonce) => {
      const known = disk.sent.findIndex((row) => row.nonce === nonce)
      if (known < 0) disk.sent.push({ text: draft.text, nonce })
      if (disk.swallowAnswers) await never
      return `${chat}-${known < 0 ? disk.sent.length - 1 : known}` as never
    },
    createInvite: async () => {
      asked.push('createInvite')
      return never
    },
    setSettings: async ({ theme }) => {
      disk.theme = theme ?? disk.theme
      for (const tell of disk.watchers) tell()
    },
    watchSettings: () =>
      latest((push) => {
        const tell = (): void => push({ theme: disk.theme } as Settings)
        disk.watchers.add(tell)
        tell()
        return () => disk.watchers.delete(tell)
      })
  }

  const pages = createPages({
    build,
    worker: 'shared',
    lock: held.then(() => lockName),
    locks,
    api: Promise.resolve(api as NodeApi),
    checks: nodeApiChecks,
    log: silentLog,
    onRtcOffer: ({ visible }) => asked.push(`rtc ${visible}`),
    onWake: () => asked.push('wake'),
    onSight: (count) => sights.push(count),
    onRetire: () => {
      asked.push('retire')
      pages.setStatus({ state: 'retired' })
    },
    onTakeOver: (force) => asked.push(`take-over ${force}`)
  })
  pages.setStatus(status)

  const hang = (): void => {
    for (const port of ports) port.close()
  }
  return {
    pages,
    asked,
    sights,
    connect: () => {
      const { port1, port2 } = new MessageChannel()
      ports.add(port2)
      pages.add(port2)
      return port1
    },
    hang,
    die: () => {
      hang()
      void held.then(({ release }) => release())
    }
  }
}
