/** Puts one running node together: database, device, libp2p, messenger, and the NodeApi over all of them. */
import type { LogBook } from '../base/log.ts'
import type { NodeApi } from '../bridge/api.ts'
import { createContext, type MessengerDeps } from '../messenger/context.ts'
import { setSettings, watchSettings } from '../messenger/settings.ts'
import { openDatabase } from '../store/database.ts'

export interface CreateNodeDeps {
  readonly build: string
  readonly worker: 'shared' | 'dedicated'
  readonly startedAt: number
  /** Where the app was loaded from. */
  readonly origin: string
  readonly log: LogBook
  /** How many pages are connected. */
  readonly pages: () => number
}

export interface RunningNode {
  readonly api: NodeApi
  /** Stops dialling and writing, then closes the database. */
  stop(): Promise<void>
}

export const createNode = async ({ log }: CreateNodeDeps): Promise<RunningNode> => {
  const db = await openDatabase()
  const ctx = createContext({ db, log } as unknown as MessengerDeps)
  const api: Partial<NodeApi> = {
    watchSettings: () => watchSettings(ctx),
    setSettings: (change) => setSettings(ctx, change)
  }
  return { api: api as NodeApi, stop: async () => db.close() }
}
