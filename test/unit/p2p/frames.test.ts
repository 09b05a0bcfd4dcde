/** frames.ts over real libp2p streams on the memory transport. */
import { noise } from '@libp2p/noise'
import { yamux } from '@libp2p/yamux'
import { memory } from '@libp2p/memory'
import { multiaddr } from '@multiformats/multiaddr'
import type { Libp2p, Stream } from '@libp2p/interface'
import { createLibp2p } from 'libp2p'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, createAsker, MAX_FRAME_BYTES, serveRequests } from '../../../src/p2p/protocols/frames.ts'
import type { AppError } from '../../../src/base/errors.ts'

const PROTOCOL = '/cryptochat/test-frames/1'
const nodes: Libp2p[] = []
const refused: string[] = []
let handle: (request: Uint8Array) => Promise<Uint8Array> = async (request) => request

const createNode = async (listen: string[]): Promise<Libp2p> => {
  const node = await createLibp2p({
    addresses: { listen },
    transports: [memory()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()]
  })
  nodes.push(node)
  return node
}

const soon = (): AbortSignal => AbortSignal.timeout(2_000)

let idleMs = 10_000
let open: () => Promise<Stream>

beforeAll(async () => {
  const server = await createNode(['/memory/frames'])
  await server.handle(PROTOCOL, async (stream) => {
    await serveRequests(stream, {
      handle: (request) => handle(request),
      idleMs,
      onRefused: ({ code }) => refused.push(code)
    })
  })
  const client = await createNode([])
  open = () => client.dialProtocol(multiaddr('/memory/frames'), PROTOCOL)
})

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
})

test('one request gets one answer, of any size up to the limit', async () => {
  for (const size of [0, 1, 70_000, MAX_FRAME_BYTES]) {
    const request = new Uint8Array(size).fill(7)
    expect(await ask(await open(), request, { signal: soon() })).toEqual(request)
  }
})

test('pipelined requests are answered in order', async () => {
  const asker = createAsker(await open())
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => asker.ask(new Uint8Array(3_000).fill(index), { signal: soon() }))
  )
  expect(answers.map((answer) => answer[2_999])).toEqual(Array.from({ length: 50 }, (_, index) => index))
  expect(asker.isOpen()).toBe(true)
  asker.stop()
  expect(asker.isOpen()).toBe(false)
})

test('an over-long frame is refused by its length alone, and the refusal is reported', async () => {
  const stream = await open()
  const closed = new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }))
  stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0xff))
  await closed
  expect(refused).toContain('too-large')
  await expect(ask(await open(), new Uint8Array(MAX_FRAME_BYTES + 1), { signal: soon() })).rejects.toMatchObject({
    code: 'too-large'
  } satisfies Partial<AppError>)
})

test('a stream that ends inside a frame is malformed', async () => {
  const stream = await open()
  const before = refused.length
  stream.send(Uint8Array.of(0, 0, 0, 9, 1))
  await stream.close()
  await expect.poll(() => refused.slice(before)).toContain('malformed')
})

test('a server that fails resets the stream, and the asker hears it', async () => {
  handle = () => Promise.reject(new Error('planted'))
  try {
    await expect(ask(await open(), Uint8Array.of(1), { signal: soon() })).rejects.toMatchObject({ code: 'offline' })
    expect(refused.at(-1)).toBe('internal')
  } finally {
    handle = async (request) => request
  }
})

test('an asker gives up at its deadline, in its turn or before it', async () => {
  handle = () => new Promise(() => {})
  try {
    const asker = createAsker(await open())
    const first = asker.ask(Uint8Array.of(1), { signal: soon() })
    const second = asker.ask(Uint8Array.of(2), { signal: AbortSignal.timeout(10) })
    await expect(second).rejects.toMatchObject({ code: 'timeout' })
    await expect(first).rejects.toMatchObject({ code: 'timeout' })
    expect(asker.isOpen()).toBe(false)
  } finally {
    handle = async (request) => request
  }
})

test('a silent stream is closed when its time is over', async () => {
  idleMs = 20
  const stream = await open()
  await new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }))
  expect(refused.at(-1)).toBe('timeout')
})
