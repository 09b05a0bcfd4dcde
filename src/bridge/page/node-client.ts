/**
 * NodeApi as a page sees it: outlives any worker behind it. A call waits for a node; when the worker dies under it, it
 * is asked again if asking twice does no harm. A feed opens itself again and goes on with the newest snapshot.
 */
import { AppError } from '../../base/errors.ts'
import type { NodeApi } from '../api.ts'
import type { RpcClient } from '../rpc.ts'

/** Where the next living node's RPC comes from. Rejects when there will be none. */
export interface Lines {
  next(): Promise<RpcClient>
  /** False once this line's worker is lost. */
  isOpen(rpc: RpcClient): boolean
}

/**
 * Calls that must not be repeated blindly: a second invite would be seen, a second account refused. They reject with
 * `aborted` and the interface offers to try again. `send` may be repeated because of its nonce; all others say how
 * something should be, and saying it twice changes nothing.
 */
const NOT_TWICE: ReadonlySet<string> = new Set<keyof NodeApi>(['createAccount', 'createInvite'])

/**
 * Making keys and stretching passphrases takes seconds on a slow phone, writing a restored history minutes; opening an
 * invite may have to dial several homes.
 */
const TIMEOUT_MS: Readonly<Record<string, number>> = {
  prepareAccount: 180_000,
  createAccount: 180_000,
  exportKey: 120_000,
  unlock: 120_000,
  setPassphrase: 120_000,
  addPasskey: 120_000,
  removePasskey: 120_000,
  startBackup: 120_000,
  nextBackupPart: 180_000,
  startRestore: 120_000,
  putRestorePart: 180_000,
  finishRestore: 3_600_000,
  openInvite: 60_000
}

const DONE = { done: true, value: undefined } as const

const callNode = async (lines: Lines, name: string, args: readonly unknown[]): Promise<unknown> => {
  const timeoutMs = TIMEOUT_MS[name]
  for (;;) {
    const rpc = await lines.next()
    try {
      return await rpc.call(name, args, timeoutMs === undefined ? {} : { timeoutMs })
    } catch (error) {
      const lost = error instanceof AppError && error.code === 'aborted' && !lines.isOpen(rpc)
      if (!lost || NOT_TWICE.has(name)) throw error
    }
  }
}

const feedOf = (lines: Lines, name: string, args: readonly unknown[]): AsyncIterable<unknown> => ({
  [Symbol.asyncIterator]: () => {
    const stopped = Promise.withResolvers<typeof DONE>()
    let isStopped = false
    let source: { readonly rpc: RpcClient; readonly iterator: AsyncIterator<unknown> } | undefined

    const pull = async (): Promise<IteratorResult<unknown>> => {
      for (;;) {
        if (source === undefined || !lines.isOpen(source.rpc)) {
          const rpc = await lines.next()
          if (isStopped) return DONE
          source = { rpc, iterator: rpc.watch(name, args)[Symbol.asyncIterator]() }
        }
        const { rpc, iterator } = source
        try {
          return await iterator.next()
        } catch (error) {
          if (isStopped) return DONE
          if (lines.isOpen(rpc)) throw error
        }
      }
    }

    return {
      next: () => (isStopped ? Promise.resolve(DONE) : Promise.race([pull(), stopped.promise])),
      return: async () => {
        isStopped = true
        stopped.resolve(DONE)
        await source?.iterator.return?.()
        return DONE
      }
    }
  }
})

export const createNodeClient = (lines: Lines, makeNonce: () => string): NodeApi => {
  const methodNamed =
    (name: string) =>
    (...args: readonly unknown[]): unknown => {
      if (name.startsWith('watch')) return feedOf(lines, name, args)
      if (name === 'send' && args[2] === undefined) return callNode(lines, name, [args[0], args[1], makeNonce()])
      return callNode(lines, name, args)
    }
  const made = new Map<string, unknown>()
  return new Proxy({} as NodeApi, {
    get: (_, name) => {
      // a client must not look like a promise to `await`, nor like anything else to a console
      if (typeof name !== 'string' || name === 'then' || name === 'toJSON') return undefined
      if (!made.has(name)) made.set(name, methodNamed(name))
      return made.get(name)
    }
  })
}
