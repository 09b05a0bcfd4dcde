/** Rubbish at every door of a real relay: refused, counted, and nobody else notices. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDirectoryClient } from '../../src/p2p/protocols/directory/client.ts'
import { DIRECTORY_PROTOCOL, directoryRequest } from '../../src/wire/directory.ts'
import { createPeer, dial } from '../relay-cast.ts'
import type { Peer } from '../relay-cast.ts'
import { startTestnet } from '../testnet.ts'
import type { Testnet, TestRelay } from '../testnet.ts'

const SEED = Number(process.env['SEED'] ?? 20_261_120)
const RUNS = Number(process.env['RUNS'] ?? 60)
const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength, size: 'max' })

let net: Testnet
let relay: TestRelay
let guest: Peer
let pid: number

beforeAll(async () => {
  net = await startTestnet({ relays: 1, env: { MAX_CONNECTIONS_PER_ADDRESS: '5000' } })
  relay = net.relays[0] as TestRelay
  pid = relay.pid
  guest = await createPeer('guest')
})

afterAll(async () => {
  await guest.stop()
  await net.stop()
})

/** Alive in the same process, and still doing its work for somebody who behaves. */
const expectUnharmed = async (): Promise<void> => {
  expect((await fetch(`${relay.url}/healthz`)).status).toBe(200)
  expect(relay.pid).toBe(pid)
  expect(() => process.kill(pid, 0)).not.toThrow()
  const directory = createDirectoryClient(await dial(guest, relay.addrs[0] ?? ''))
  expect(await directory.card(new Uint8Array(32), { signal: AbortSignal.timeout(5_000) })).toBeUndefined()
  expect(relay.lines.join('\n')).not.toContain('relay.crashed')
}

const open = async (): Promise<Socket> => {
  const { hostname, port } = new URL(relay.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Sends, says nothing more, and waits until the relay has had enough of it or has answered. */
const throwAt = async (socket: Socket, data: Uint8Array): Promise<void> => {
  const answered = new Promise((resolve) => {
    socket.once('data', resolve)
    socket.once('close', resolve)
  })
  socket.end(data)
  await answered
  socket.destroy()
}

test('bytes that are no HTTP, and HTTP that is no good', async () => {
  const requestLine = fc
    .tuple(fc.constantFrom('GET', 'POST', 'BREW', 'OPTIONS', 'TRACE', 'CONNECT'), fc.string({ maxLength: 300 }))
    .map(([method, path]) =>
      new TextEncoder().encode(`${method} /${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    )
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes(300), requestLine), async (data) => {
      await throwAt(await open(), data)
    }),
    { seed: SEED, numRuns: RUNS }
  )
  await expectUnharmed()
})

const upgrade = async (): Promise<Socket> => {
  const socket = await open()
  socket.write(
    'GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n' +
      'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  )
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 101/)
  return socket
}

/** A masked binary frame, as a browser sends it. */
const frame = (payload: Uint8Array): Uint8Array =>
  Buffer.concat([Uint8Array.of(0x82, 0xfe, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0), payload])

test('WebSocket frames that are none, and frames that carry no libp2p', async () => {
  const reserved = Uint8Array.of(0xf2, 0x80, 0, 0, 0, 0)
  const huge = Uint8Array.of(0x82, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0)
  const unmasked = Uint8Array.of(0x82, 0x01, 0x01)
  const multistream = new TextEncoder().encode('\u0013/multistream/1.0.0\n')
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        bytes(200),
        bytes(2_000).map(frame),
        bytes(200).map((rest) => frame(Buffer.concat([multistream, rest]))),
        fc.constantFrom(reserved, huge, unmasked)
      ),
      async (data) => {
        await throwAt(await upgrade(), data)
      }
    ),
    { seed: SEED, numRuns: RUNS, examples: [[reserved], [huge], [unmasked]] }
  )
  const metrics = await (await fetch(`${relay.url}/metrics`)).text()
  for (const reason of ['websocket', 'handshake']) {
    expect(metrics).toMatch(new RegExp(`cryptochat_refused_total\\{reason="${reason}"\\} [1-9]`))
  }
  await expectUnharmed()
})

const framed = (data: Uint8Array): Uint8Array => {
  const head = new Uint8Array(4)
  new DataView(head.buffer).setUint32(0, data.length)
  return Buffer.concat([head, data])
}

test('directory frames of random bytes, and of random questions', async () => {
  const connection = await dial(guest, relay.addrs[0] ?? '')
  const b32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const question = fc
    .oneof(
      fc.record({ heads: fc.string({ maxLength: 60 }) }),
      fc.record({ document: b32 }),
      fc.record({ dids: b32 }),
      fc.record({ publish: fc.record({ head: bytes(500), document: bytes(500) }) }),
      fc.record({ knock: fc.record({ inbox: b32, envelope: fc.uint8Array({ minLength: 1, maxLength: 500 }) }) }),
      fc.record({
        attend: fc.record({ statement: bytes(200), signature: fc.uint8Array({ minLength: 64, maxLength: 64 }) })
      })
    )
    .map((request) => framed(directoryRequest.encode(request)))
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes(400), bytes(400).map(framed), question), async (data) => {
      const stream = await connection.newStream(DIRECTORY_PROTOCOL)
      const over = new Promise((resolve) => {
        stream.addEventListener('message', resolve, { once: true })
        stream.addEventListener('close', resolve, { once: true })
        stream.addEventListener('remoteCloseWrite', resolve, { once: true })
      })
      stream.send(data)
      await stream.close()
      await over
      stream.abort(new Error('done'))
    }),
    { seed: SEED, numRuns: RUNS }
  )
  await expectUnharmed()
})

test('datagrams that are no STUN', async () => {
  const { hostname, port } = new URL(relay.url)
  const socket = createSocket('udp4')
  const almost = bytes(60).map((rest) =>
    Buffer.concat([Buffer.from('000100002112a442000000000000000000000000', 'hex'), rest])
  )
  for (const data of fc.sample(fc.oneof(bytes(100), almost), { seed: SEED, numRuns: RUNS })) {
    await new Promise((resolve) => socket.send(data, Number(port), hostname, resolve))
  }
  socket.close()
  await expectUnharmed()
})
