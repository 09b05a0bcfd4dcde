/**
 * What every kind of port must do under the bridge: MessageChannel (SharedWorker and dedicated worker) and a
 * BroadcastChannel between two parties (tabs that follow a leader). A suite, called by `port.test.ts`.
 */
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { AppError } from '../../src/base/errors.ts'
import { latest } from '../../src/base/latest.ts'
import { silentLog } from '../../src/base/log.ts'
import type { Feed } from '../../src/bridge/contract.ts'
import type { Port } from '../../src/bridge/port.ts'
import { type Checks, connectRpc, MAX_FEEDS, type RpcClient, serveRpc } from '../../src/bridge/rpc.ts'

interface Api {
  echo(value: unknown): Promise<unknown>
  fail(code: 'conflict'): Promise<void>
  hang(): Promise<void>
  watchCount(from: number): Feed<number>
  watchShort(): Feed<number>
}

const anything = (): void => undefined
const checks: Checks<Api> = {
  echo: anything,
  fail: anything,
  hang: anything,
  watchCount: (args) => {
    if (typeof args[0] !== 'number') throw new AppError('malformed', 'not a number')
  },
  watchShort: anything
}

interface Setup {
  readonly client: RpcClient
  readonly page: Port
  readonly push: (value: number) => void
  readonly stopped: () => number
  readonly started: () => number
  readonly end: () => void
}

const setup = (makePair: () => readonly [Port, Port]): Setup => {
  const [page, node] = makePair()
  const pushes = new Set<(value: number) => void>()
  let stopped = 0
  let started = 0
  const api: Api = {
    echo: async (value) => value,
    fail: async (code) => {
      throw new AppError(code, 'as asked')
    },
    hang: () => new Promise(() => undefined),
    watchCount: (from) =>
      latest((push) => {
        started++
        pushes.add(push)
        push(from)
        return () => {
          pushes.delete(push)
          stopped++
        }
      }),
    watchShort: () => ({
      // oxlint-disable-next-line func-style
      async *[Symbol.asyncIterator]() {
        yield 1
        yield 2
      }
    })
  }
  const server = serveRpc<Api>({ port: node, api: Promise.resolve(api), checks, log: silentLog })
  const client = connectRpc({ port: page, clock: systemClock })
  page.start?.()
  node.start?.()
  return {
    client,
    page,
    push: (value) => {
      for (const push of pushes) push(value)
    },
    stopped: () => stopped,
    started: () => started,
    end: () => {
      client.close('the test ended')
      server.close()
      page.close()
      node.close()
    }
  }
}

const feedOf = (client: RpcClient, from = 0): AsyncIterator<unknown> =>
  client.watch('watchCount', [from])[Symbol.asyncIterator]()

export const portContract = (name: string, makePair: () => readonly [Port, Port]): void => {
  const bridgeTest = (title: string, run: (bridge: Setup) => Promise<void>): void => {
    test(title, async () => {
      const bridge = setup(makePair)
      try {
        await run(bridge)
      } finally {
        bridge.end()
      }
    })
  }

  describe(name, () => {
    bridgeTest('a call answers with what the method answered, bytes included', async ({ client }) => {
      const value = { text: 'héllo', bytes: Uint8Array.of(1, 2, 3), list: [1, null, undefined] }
      expect(await client.call('echo', [value])).toEqual(value)
    })

    bridgeTest('an error keeps its code', async ({ client }) => {
      await expect(client.call('fail', ['conflict'])).rejects.toMatchObject({ name: 'AppError', code: 'conflict' })
    })

    bridgeTest('answers find their own calls', async ({ client }) => {
      const asked = Array.from({ length: 50 }, (_, index) => client.call('echo', [index]))
      expect(await Promise.all(asked)).toEqual(Array.from({ length: 50 }, (_, index) => index))
    })

    bridgeTest('a slow reader of a feed gets the newest snapshot only', async ({ client, push }) => {
      const feed = feedOf(client, 7)
      expect((await feed.next()).value).toBe(7)
      for (const value of [8, 9, 10]) push(value)
      expect((await feed.next()).value).toBe(10)
    })

    bridgeTest('a stopped feed ends its pending pull and stops at the other end', async ({ client, stopped }) => {
      const feed = feedOf(client)
      await feed.next()
      const pending = feed.next()
      await feed.return?.()
      expect(await pending).toEqual({ done: true, value: undefined })
      await expect.poll(stopped).toBe(1)
    })

    bridgeTest('a feed that ends says so once', async ({ client }) => {
      const seen: unknown[] = []
      for await (const value of client.watch('watchShort', [])) seen.push(value)
      expect(seen).toEqual([1, 2])
    })

    bridgeTest('wrong arguments of a feed reject its first pull with malformed', async ({ client, started }) => {
      await expect(client.watch('watchCount', ['x'])[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'malformed'
      })
      expect(started()).toBe(0)
    })

    bridgeTest('an aborted call rejects at once', async ({ client }) => {
      const stopping = new AbortController()
      const asked = client.call('hang', [], { signal: stopping.signal })
      stopping.abort()
      await expect(asked).rejects.toMatchObject({ code: 'aborted' })
    })

    bridgeTest('a call without an answer meets its deadline', async ({ client }) => {
      await expect(client.call('hang', [], { timeoutMs: 20 })).rejects.toMatchObject({ code: 'timeout' })
    })

    bridgeTest('what waits when the line closes is rejected with aborted', async ({ client }) => {
      const pull = feedOf(client)
      await pull.next()
      const waiting = [client.call('hang', []), pull.next()]
      client.close('gone')
      for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'aborted', message: 'gone' })
      await expect(client.call('echo', [1])).rejects.toMatchObject({ code: 'aborted' })
    })

    bridgeTest('frames that are none of ours change nothing', async ({ client, page }) => {
      for (const bad of [null, 5, 'call', {}, { kind: 'call' }, { kind: 'call', id: -1, name: 'echo', args: [] }]) {
        page.postMessage(bad)
      }
      page.postMessage({ kind: 'pull', id: 4711 })
      page.postMessage({ kind: '__proto__', id: 1 })
      expect(await client.call('echo', ['still here'])).toBe('still here')
    })

    bridgeTest('only declared methods can be called, and each only in its own way', async ({ client }) => {
      for (const method of ['constructor', 'toString', 'nothing', 'watchCount']) {
        await expect(client.call(method, [1])).rejects.toMatchObject({ code: 'malformed' })
      }
      await expect(client.watch('echo', [1])[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'malformed'
      })
    })

    bridgeTest('what cannot be cloned is malformed, not a crash', async ({ client }) => {
      await expect(client.call('echo', [() => 1])).rejects.toMatchObject({ code: 'malformed' })
    })

    bridgeTest('a page that leaks feeds is refused more of them', async ({ client }) => {
      const feeds = Array.from({ length: MAX_FEEDS + 1 }, (_, index) => feedOf(client, index))
      expect((await feeds[0]?.next())?.value).toBe(0)
      await expect(feeds[MAX_FEEDS]?.next()).rejects.toMatchObject({ code: 'quota' })
      await feeds[0]?.return?.()
      expect((await feedOf(client, 3).next()).value).toBe(3)
    })
  })
}
