/**
 * The NodeApi that pages hold for as long as the worker lives, over engines that come and go with the lock. A call while it
 * is locked is `not-ready`; a feed waits, and goes on with the next engine.
 */
import { AppError } from '../base/errors.ts'
import { latest } from '../base/latest.ts'
import type { NodeApi } from '../bridge/api.ts'
import type { Feed } from '../bridge/contract.ts'
import { nodeApiChecks } from '../bridge/worker/checks.ts'
import type { AccountView } from '../model/views.ts'
import type { Lock } from './lock.ts'
import type { Engine, EngineApi } from './parts.ts'

type Method = (...args: readonly unknown[]) => unknown

/** `whenLocked` is shown while there is no engine. */
const followFeed = (lock: Lock, open: (api: EngineApi) => Feed<unknown>, whenLocked?: unknown): Feed<unknown> =>
  latest((push, fail) => {
    let current: { readonly engine: Engine; readonly values: AsyncIterator<unknown> } | undefined
    let isStopped = false

    const pull = async (mine: NonNullable<typeof current>): Promise<void> => {
      try {
        for (;;) {
          const { done, value } = await mine.values.next()
          if (isStopped || done === true || current !== mine) return
          push(value)
        }
      } catch (error) {
        // an engine that stops takes its feeds with it
        if (!isStopped && current === mine && lock.engine() === mine.engine) fail(error)
      }
    }
    const look = (): void => {
      const engine = lock.engine()
      if (engine === current?.engine && engine !== undefined) return
      void current?.values.return?.()
      current = engine && { engine, values: open(engine.api)[Symbol.asyncIterator]() }
      if (current !== undefined) void pull(current)
      else if (whenLocked !== undefined) push(whenLocked)
    }
    look()
    const stop = lock.onChange(look)
    return () => {
      isStopped = true
      stop()
      void current?.values.return?.()
    }
  })

const LOCKED: AccountView = { state: 'locked' }

export const createServedApi = (lock: Lock): NodeApi => {
  const methods: Record<string, Method> = {}
  for (const name of Object.keys(nodeApiChecks) as (keyof EngineApi)[]) {
    const methodOf = (api: EngineApi): Method => {
      const method = api[name] as Method | undefined
      if (method === undefined) throw new AppError('not-ready', `${name} is not there`)
      return method
    }
    methods[name] = name.startsWith('watch')
      ? (...args) =>
          followFeed(
            lock,
            (api) => methodOf(api)(...args) as Feed<unknown>,
            name === 'watchAccount' ? LOCKED : undefined
          )
      : async (...args) => {
          const engine = lock.engine()
          if (engine === undefined) throw new AppError('not-ready', 'the store is locked')
          return await methodOf(engine.api)(...args)
        }
  }
  return { ...(methods as unknown as NodeApi), ...lock.api }
}
