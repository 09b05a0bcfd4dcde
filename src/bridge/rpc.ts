/**
 * Typed calls and pulled feeds over a port. Both halves are here because they must agree frame by frame.
 * What must hold: every call settles (answer, error, deadline, abort or closed port), a stopped feed stops at the
 * other end too, and nothing that arrives can throw inside a message handler.
 */
import type { Clock } from '../base/clock.ts'
import { AppError, fromPlainError, toPlainError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Contract, Feed } from './contract.ts'
import { type NodeFrame, type PageFrame, readNodeFrame, readPageFrame } from './frames.ts'
import type { Port, PortEvent } from './port.ts'

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** The page's half. A method is named by text here; `node-client.ts` gives it its types back. */
export interface RpcClient {
  call(name: string, args: readonly unknown[], options?: CallOptions): Promise<unknown>
  watch(name: string, args: readonly unknown[]): Feed<unknown>
  /** Rejects everything that waits with `aborted`, and everything asked later. */
  close(why: string): void
}

/** Generous: a call that asks homes for records may need several dials (6 s each). */
export const CALL_TIMEOUT_MS = 30_000
/** A page shows a few dozen feeds at most; more is a leak, and a leak should be loud. */
export const MAX_FEEDS = 200

type Answer = IteratorResult<unknown, undefined>
const DONE: Answer = { done: true, value: undefined }

export const connectRpc = ({ port, clock }: { port: Port; clock: Clock }): RpcClient => {
  let lastId = 0
  let closed: string | undefined
  const waiting = new Map<number, PromiseWithResolvers<Answer>>()

  const hear = ({ data }: PortEvent): void => {
    const frame: NodeFrame | undefined = readNodeFrame(data)
    if (frame === undefined || !('id' in frame)) return
    const waiter = waiting.get(frame.id)
    waiting.delete(frame.id)
    if (frame.kind === 'value') waiter?.resolve({ done: false, value: frame.value })
    else if (frame.kind === 'end') waiter?.resolve(DONE)
    else waiter?.reject(fromPlainError(frame.error))
  }
  port.addEventListener('message', hear)

  const post = (frame: PageFrame): void => {
    if (closed !== undefined) throw new AppError('aborted', closed)
    try {
      port.postMessage(frame)
    } catch (cause) {
      throw new AppError('malformed', 'arguments cannot cross to the node', { cause })
    }
  }

  const ask = (frame: PageFrame & { readonly id: number }): Promise<Answer> => {
    const waiter = Promise.withResolvers<Answer>()
    waiting.set(frame.id, waiter)
    try {
      post(frame)
    } catch (error) {
      waiting.delete(frame.id)
      waiter.reject(error)
    }
    return waiter.promise
  }

  const giveUp = (id: number, error: AppError): void => {
    const waiter = waiting.get(id)
    if (waiter === undefined) return
    waiting.delete(id)
    waiter.reject(error)
    if (closed === undefined) post({ kind: 'abort', id })
  }

  return {
    call: async (name, args, { signal, timeoutMs = CALL_TIMEOUT_MS } = {}) => {
      if (signal?.aborted === true) throw new AppError('aborted', `${name} was called off`)
      const id = ++lastId
      const answered = new AbortController()
      const onAbort = (): void => giveUp(id, new AppError('aborted', `${name} was called off`))
      signal?.addEventListener('abort', onAbort, { once: true })
      clock.sleep(timeoutMs, answered.signal).then(
        () => giveUp(id, new AppError('timeout', `${name} had no answer in ${timeoutMs} ms`)),
        () => undefined // the answer came first
      )
      try {
        return (await ask({ kind: 'call', id, name, args })).value
      } finally {
        answered.abort()
        signal?.removeEventListener('abort', onAbort)
      }
    },

    watch: (name, args) => ({
      [Symbol.asyncIterator]: () => {
        const id = ++lastId
        let over = false
        post({ kind: 'open', id, name, args })
        return {
          next: async () => {
            if (over) return DONE
            const answer = await ask({ kind: 'pull', id })
            if (answer.done === true) over = true
            return answer
          },
          return: async () => {
            if (!over) {
              over = true
              waiting.get(id)?.resolve(DONE)
              waiting.delete(id)
              if (closed === undefined) post({ kind: 'stop', id })
            }
            return DONE
          }
        }
      }
    }),

    close: (why) => {
      if (closed !== undefined) return
      closed = why
      port.removeEventListener('message', hear)
      for (const waiter of waiting.values()) waiter.reject(new AppError('aborted', why))
      waiting.clear()
    }
  }
}

/** Throws AppError `malformed` when the arguments are not what the method takes. */
export type CheckArgs = (args: readonly unknown[]) => void
export type Checks<Api> = { readonly [Name in keyof Api]: CheckArgs }

export interface RpcServer {
  /** Stops all feeds and answers nothing more. */
  close(): void
}

type Method = (...args: readonly unknown[]) => unknown

/**
 * The node's half: answers `port` from an object. `api` may still be on its way; what is asked before waits for it.
 * Only methods that have an argument check can be called.
 */
export const serveRpc = <Api extends Contract<Api>>({
  port,
  api,
  checks,
  log,
  onCall
}: {
  port: Port
  api: Promise<Api>
  checks: Checks<Api>
  log: Log
  /** Before a call is made. */
  onCall?: (name: string) => void
}): RpcServer => {
  const feeds = new Map<number, Promise<AsyncIterator<unknown>>>()
  const calledOff = new Set<number>()
  const running = new Set<number>()
  let closed = false

  const invoke = async (name: string, args: readonly unknown[], isFeed: boolean): Promise<unknown> => {
    if (!Object.hasOwn(checks, name) || name.startsWith('watch') !== isFeed) {
      throw new AppError('malformed', `no such method: ${name.slice(0, 40)}`)
    }
    checks[name as keyof Api](args)
    const methods = (await api) as unknown as Readonly<Record<string, Method | undefined>>
    const method = methods[name]
    if (method === undefined) throw new AppError('not-ready', `${name} is not there`)
    return await method(...args)
  }

  const post = (frame: NodeFrame): void => {
    if (!closed) port.postMessage(frame)
  }

  const reply = async (id: number, work: () => Promise<Answer>): Promise<void> => {
    running.add(id)
    try {
      const { done, value } = await work()
      if (calledOff.has(id)) return
      post(done === true ? { kind: 'end', id } : { kind: 'value', id, value })
    } catch (error) {
      const plain = toPlainError(error)
      if (plain.code === 'internal') log.error('bridge.call-failed', { message: plain.message })
      if (!calledOff.has(id)) post({ kind: 'error', id, error: plain })
    } finally {
      running.delete(id)
      calledOff.delete(id)
    }
  }

  const openFeed = async (name: string, args: readonly unknown[]): Promise<AsyncIterator<unknown>> =>
    ((await invoke(name, args, true)) as AsyncIterable<unknown>)[Symbol.asyncIterator]()

  const stopFeed = (id: number): void => {
    const feed = feeds.get(id)
    feeds.delete(id)
    feed
      ?.then((iterator) => iterator.return?.())
      .catch((error: unknown) => {
        log.debug('bridge.feed-stop', { message: toPlainError(error).message })
      })
  }

  const handle = (frame: PageFrame): void => {
    switch (frame.kind) {
      case 'call':
        onCall?.(frame.name)
        void reply(frame.id, async () => ({ done: false, value: await invoke(frame.name, frame.args, false) }))
        break
      case 'open': {
        const feed =
          feeds.size < MAX_FEEDS
            ? openFeed(frame.name, frame.args)
            : Promise.reject(new AppError('quota', `more than ${MAX_FEEDS} feeds are open`))
        feed.catch(() => undefined) // told at the first pull
        feeds.set(frame.id, feed)
        break
      }
      case 'pull':
        void reply(frame.id, async () => {
          let answer: Answer = DONE
          try {
            answer = ((await (await feeds.get(frame.id))?.next()) ?? DONE) as Answer
          } finally {
            if (answer.done === true) feeds.delete(frame.id) // ended or failed: nothing is left to stop
          }
          return answer
        })
        break
      case 'stop':
        stopFeed(frame.id)
        break
      case 'abort':
        if (running.has(frame.id)) calledOff.add(frame.id)
        break
      default: // control frames are read by the handshake
    }
  }

  const hear = ({ data }: PortEvent): void => {
    const frame = readPageFrame(data)
    if (frame === undefined) log.warn('bridge.bad-frame')
    else handle(frame)
  }
  port.addEventListener('message', hear)

  return {
    close: () => {
      closed = true
      port.removeEventListener('message', hear)
      for (const id of feeds.keys()) stopFeed(id)
    }
  }
}
