import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stream } from '@libp2p/interface'
import { utf8, utf8ToText } from '../../../src/base/bytes.ts'
import { silentLog } from '../../../src/base/log.ts'
import { openDeliverLink } from '../../../src/p2p/protocols/deliver/client.ts'
import { createDeliverServer } from '../../../src/p2p/protocols/deliver/server.ts'
import type { DeliverHandler } from '../../../src/p2p/protocols/deliver/server.ts'
import { DELIVER_PROTOCOL } from '../../../src/wire/deliver.ts'
import { createStreamPairs } from './stream-pair.ts'
import type { StreamPairs } from './stream-pair.ts'

let streams: StreamPairs
beforeAll(async () => {
  streams = await createStreamPairs(DELIVER_PROTOCOL)
})
afterAll(async () => {
  await streams.stop()
})

/** A link whose other end is served by `handle`. */
const linkTo = async (handle: DeliverHandler) => {
  const { ours, theirs, connection } = await streams.open()
  const refused: string[] = []
  const served = createDeliverServer({ handle, onRefused: (why) => refused.push(why), log: silentLog })(
    theirs,
    connection
  )
  const link = await openDeliverLink({ newStream: async () => ours } as never, { signal: soon() })
  return { link, refused, served, ours, theirs }
}
const soon = (): AbortSignal => AbortSignal.timeout(3_000)
const echo: DeliverHandler = async ({ envelope }) => ({ outcome: 'taken', answer: envelope })

test('answers may come in any order, each to its own request', async () => {
  const release = new Map<string, () => void>()
  const { link } = await linkTo(async ({ envelope }) => {
    await new Promise<void>((resolve) => release.set(utf8ToText(envelope), resolve))
    return { outcome: 'taken', answer: envelope }
  })
  const sent = ['a', 'b', 'c'].map((text) => link.deliver(utf8(text), { signal: soon() }))
  await expect.poll(() => release.size).toBe(3)
  for (const text of ['c', 'a', 'b']) release.get(text)?.()
  const answers = await Promise.all(sent)
  expect(answers.map(({ answer }) => utf8ToText(answer ?? new Uint8Array()))).toEqual(['a', 'b', 'c'])
})

test('a request that is given up leaves the others and the stream whole', async () => {
  const { link } = await linkTo(async (arrived) =>
    utf8ToText(arrived.envelope) === 'slow' ? await new Promise(() => undefined) : await echo(arrived)
  )
  const stopping = new AbortController()
  const slow = link.deliver(utf8('slow'), { signal: stopping.signal })
  stopping.abort()
  await expect(slow).rejects.toMatchObject({ code: 'aborted' })
  expect(await link.deliver(utf8('next'), { signal: soon() })).toMatchObject({ outcome: 'taken' })
  await link.ping({ signal: soon() })
})

test('when the stream breaks, every open request fails at once', async () => {
  const { link, theirs } = await linkTo(() => new Promise(() => undefined))
  const sent = [1, 2, 3].map((n) => link.deliver(utf8(String(n)), { signal: soon() }))
  const failures = Promise.allSettled(sent)
  await expect.poll(() => link.isOpen()).toBe(true)
  theirs.abort(new Error('gone'))
  expect((await failures).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(link.isOpen()).toBe(false)
  await expect(link.ping({ signal: soon() })).rejects.toMatchObject({ code: 'offline' })
})

test('a sender that does not wait is made to: the receiver works on sixteen at a time', async () => {
  let working = 0
  let most = 0
  const { link } = await linkTo(async ({ envelope }) => {
    most = Math.max(most, ++working)
    await new Promise((resolve) => setTimeout(resolve, 1))
    working--
    return { outcome: 'taken', answer: envelope.subarray(0, 1) }
  })
  const big = new Uint8Array(60 * 1024)
  const answers = await Promise.all(
    Array.from({ length: 80 }, () => link.deliver(big, { signal: AbortSignal.timeout(8_000) }))
  )
  expect(answers.every(({ outcome }) => outcome === 'taken')).toBe(true)
  expect(most).toBe(16)
})

test('an answer that is none resets the stream', async () => {
  const { ours, theirs } = await streams.open()
  const link = await openDeliverLink({ newStream: async (): Promise<Stream> => ours } as never, { signal: soon() })
  const sent = link.deliver(utf8('hello'), { signal: soon() })
  theirs.send(Uint8Array.of(0, 0, 0, 2, 0xff, 0xff))
  await expect(sent).rejects.toMatchObject({ code: 'malformed' })
})
