/** A real relay process as its operator and its visitors see it. */
import { createSocket } from 'node:dgram'
import { connect as tcpConnect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { once } from 'node:events'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fingerprintRecord, fingerprintRecordKey, headRecordKey } from '../../relay/dht-records.ts'
import { rootFingerprint } from '../../relay/fingerprint.ts'
import { createDirectoryClient } from '../../src/p2p/protocols/directory/client.ts'
import { DIRECTORY_PROTOCOL } from '../../src/wire/directory.ts'
import { eventually } from '../eventually.ts'
import { createPeer, dial, makeRelayAccount } from '../relay-cast.ts'
import type { Peer } from '../relay-cast.ts'
import { startTestnet } from '../testnet.ts'
import type { Testnet, TestRelay } from '../testnet.ts'

const ROOT = join(import.meta.dirname, '../..')
const peers: Peer[] = []
let net: Testnet

const relayAt = (index: number): TestRelay => {
  const relay = net.relays[index]
  if (relay === undefined) throw new Error(`no relay ${index}`)
  return relay
}
const addressOf = (relay: TestRelay): string => relay.addrs[0] ?? ''
const connect = async (name: string, relay: TestRelay): Promise<{ peer: Peer; connection: Connection }> => {
  const peer = await createPeer(name)
  peers.push(peer)
  return { peer, connection: await dial(peer, addressOf(relay)) }
}
const read = async (url: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(url)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const metric = async (relay: TestRelay, name: string): Promise<number> => {
  const text = await (await fetch(`${relay.url}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(name))
  return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ')))
}
const refused = (relay: TestRelay, reason: string): Promise<number> =>
  metric(relay, `cryptochat_refused_total{reason="${reason}"}`)

beforeAll(async () => {
  net = await startTestnet({ relays: 2 })
})

afterAll(async () => {
  await Promise.all(peers.map((peer) => peer.stop()))
  await net.stop()
})

test('the ready line, health and the card of a relay say where it is', async () => {
  const relay = relayAt(0)
  expect(relay.url).toMatch(/^http:\/\/127\.0\.1\.1:\d+$/)
  const port = new URL(relay.url).port
  expect(relay.stun).toBe(`stun:127.0.1.1:${port}`)
  expect(relay.addrs).toEqual([`/ip4/127.0.1.1/tcp/${port}/ws/p2p/${relay.peerId}`])

  const health = await read(`${relay.url}/healthz`)
  expect(health.status).toBe(200)
  expect(health.body).toMatchObject({ ok: true, peerId: relay.peerId, storage: { blobs: 0, bytes: 0 } })
  expect(Object.keys(health.body).toSorted()).toEqual(['build', 'ok', 'peerId', 'reservations', 'storage', 'uptimeS'])

  const card = await fetch(`${relay.url}/.well-known/cryptochat.json`)
  expect(card.headers.get('access-control-allow-origin')).toBe('*')
  expect(await card.json()).toMatchObject({
    peerId: relay.peerId,
    addrs: relay.addrs,
    stun: relay.stun,
    protocols: { directory: [1, 1], kad: [1, 1] },
    operator: 'operator-1'
  })
})

const relaysOf = async (relay: TestRelay): Promise<unknown> =>
  (await read(`${relay.url}/.well-known/cryptochat.json`)).body['relays']

test('relays that were told of each other are joined and name each other', async () => {
  await eventually(() => relaysOf(relayAt(0))).toEqual(relayAt(1).addrs)
  await eventually(() => relaysOf(relayAt(1))).toEqual(relayAt(0).addrs)
})

test('a reservation is counted, carries bytes between two peers, and ends with its connection', async () => {
  const relay = relayAt(0)
  const bob = await createPeer('bob with a reservation', { relays: [addressOf(relay)] })
  peers.push(bob)
  await bob.handle(
    '/cryptochat/test-echo/1',
    (stream) => {
      stream.addEventListener('message', ({ data }) => {
        stream.send(data)
      })
    },
    { runOnLimitedConnection: true }
  )
  const reservations = async (): Promise<unknown> => (await read(`${relay.url}/healthz`)).body['reservations']
  await eventually(reservations).toBe(1)

  const { peer: alice } = await connect('alice', relay)
  const relayed = await dial(alice, `${addressOf(relay)}/p2p-circuit/p2p/${bob.peerId.toString()}`)
  // far above the library's default of 128 KiB a circuit
  const stream = await relayed.newStream('/cryptochat/test-echo/1', { runOnLimitedConnection: true })
  let back = 0
  stream.addEventListener('message', ({ data }) => {
    back += data.byteLength
  })
  for (let sent = 0; sent < 2 ** 20; sent += 2 ** 16) {
    if (!stream.send(new Uint8Array(2 ** 16))) await stream.onDrain({ signal: AbortSignal.timeout(5_000) })
  }
  await eventually(() => back).toBe(2 ** 20)

  await bob.stop()
  await eventually(reservations).toBe(0)
})

const putAll = async (peer: Peer, key: Uint8Array, value: Uint8Array): Promise<number> => {
  let accepted = 0
  for await (const event of peer.services.dht.put(key, value)) {
    if (event.name === 'PEER_RESPONSE' && event.messageName === 'PUT_VALUE') accepted++
  }
  return accepted
}

/** A wire to the relay that can fall silent without a close, as a phone's does when it changes networks. */
const openWire = async (relay: TestRelay): Promise<{ address: string; silence(): void; close(): void }> => {
  const { port, hostname } = new URL(relay.url)
  const sockets: Socket[] = []
  const wire = createServer((near) => {
    const far = tcpConnect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      from.on('data', (data) => to.write(data))
      from.on('error', () => to.destroy())
      sockets.push(from)
    }
  })
  wire.listen(0, '127.0.0.1')
  await once(wire, 'listening')
  const own = (wire.address() as AddressInfo).port
  return {
    address: `/ip4/127.0.0.1/tcp/${own}/ws/p2p/${relay.peerId}`,
    silence: () => {
      for (const socket of sockets) socket.removeAllListeners('data').resume()
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      wire.close()
    }
  }
}

test('DL4: when a peer comes back, its silent old connection goes and circuits reach the new one', async () => {
  const relay = relayAt(1)
  const wire = await openWire(relay)
  const before = await createPeer('a phone', { relays: [wire.address] })
  wire.silence()
  const after = await createPeer('a phone', { relays: [addressOf(relay)] })
  peers.push(before, after)
  try {
    const { peer: friend } = await connect('a friend of the phone', relay)
    const call = async (): Promise<string> => {
      const signal = AbortSignal.timeout(4_000)
      const address = `${addressOf(relay)}/p2p-circuit/p2p/${after.peerId.toString()}`
      return await friend.dial(multiaddr(address), { signal }).then(
        ({ status }) => status,
        () => 'failed'
      )
    }
    await eventually(call).toBe('open')
    await eventually(() => after.getConnections(friend.peerId).length).toBe(1)
  } finally {
    wire.close()
  }
})

/** DH3: what each server answers, before the library judges it. */
const readAll = async (peer: Peer, key: Uint8Array): Promise<Uint8Array[]> => {
  const values: Uint8Array[] = []
  for await (const event of peer.services.dht.get(key)) {
    if (event.name === 'PEER_RESPONSE' && event.record !== undefined) values.push(event.record.value)
  }
  return values
}

test('DH2: the DHT keeps a head at both relays and refuses an older one, also after a restart', async () => {
  const { peer } = await connect('dht user', relayAt(0))
  const carol = makeRelayAccount('carol of the dht')
  const key = headRecordKey(carol.didKey)
  const [old, newer] = [carol.record({ seq: 0 }).head, carol.record({ seq: 1 }).head]
  // until everybody has heard of everybody
  await eventually(() => putAll(peer, key, old)).toBe(2)
  expect(await putAll(peer, key, newer)).toBe(2)
  expect(await putAll(peer, key, old)).toBe(0)
  expect(await putAll(peer, headRecordKey(new Uint8Array(32)), newer)).toBe(0)

  const before = relayAt(0).peerId
  expect(await relayAt(0).stop()).toBe(0)
  await relayAt(0).start()
  expect(relayAt(0).peerId).toBe(before)
  const { peer: later } = await connect('dht user after the restart', relayAt(0))
  await eventually(() => putAll(later, key, newer)).toBe(2)
  expect(await putAll(later, key, old)).toBe(0)
  // somebody else: a put also stays with who made it
  const { peer: reader } = await connect('dht reader', relayAt(0))
  await eventually(() => readAll(reader, key)).toEqual([newer, newer])
  // the directory has pinned the same place
  const directory = createDirectoryClient(await dial(later, addressOf(relayAt(0))))
  const answer = await directory.publish(carol.record({ seq: 0 }), { signal: AbortSignal.timeout(5_000) })
  expect(answer).toBe('old')
})

test('DH2: a fingerprint record must be the arithmetic truth', async () => {
  const { peer } = await connect('fingerprint writer', relayAt(1))
  const { didKey } = makeRelayAccount('dave')
  const key = fingerprintRecordKey(rootFingerprint(1_700_000_000, didKey))
  await eventually(() => putAll(peer, key, fingerprintRecord(1_700_000_000, didKey))).toBeGreaterThan(0)
  expect(await putAll(peer, key, fingerprintRecord(1_700_000_001, didKey))).toBe(0)
})

test('STUN answers on the UDP port of the same number with how we look from there', async () => {
  const socket = createSocket('udp4')
  try {
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const request = Buffer.from('000100002112a442b7e7a701bc34d686fa87dfae', 'hex')
    const relay = new URL(relayAt(0).url)
    socket.send(Buffer.from('not stun at all'), Number(relay.port), relay.hostname)
    socket.send(request, Number(relay.port), relay.hostname)
    const [answer] = (await once(socket, 'message')) as [Buffer]
    expect(answer.readUInt16BE(0)).toBe(0x0101)
    expect(answer.subarray(4, 20)).toEqual(request.subarray(4, 20))
    expect(answer.readUInt16BE(26) ^ 0x2112).toBe(socket.address().port)
    await eventually(() => refused(relayAt(0), 'stun-malformed')).toBe(1)
  } finally {
    socket.close()
  }
})

test('an over-long frame resets its stream, is counted, and leaves the connection alone', async () => {
  const { connection } = await connect('talker', relayAt(0))
  const stream = await connection.newStream(DIRECTORY_PROTOCOL)
  const closed = new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }))
  stream.send(Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 1, 2, 3))
  await closed
  await eventually(() => refused(relayAt(0), 'directory-frame')).toBe(1)
  const directory = createDirectoryClient(connection)
  expect(await directory.card(new Uint8Array(32), { signal: AbortSignal.timeout(5_000) })).toBeUndefined()
})

test('more questions at once than one connection may ask are refused and counted, the rest are answered', async () => {
  const { connection } = await connect('asker of everything', relayAt(0))
  const silent = await Promise.all(Array.from({ length: 40 }, () => connection.newStream(DIRECTORY_PROTOCOL)))
  await eventually(() => refused(relayAt(0), 'directory-streams')).toBe(8)
  for (const stream of silent) stream.abort(new Error('enough'))
  const directory = createDirectoryClient(connection)
  const ask = (): Promise<unknown> => directory.card(new Uint8Array(32), { signal: AbortSignal.timeout(5_000) })
  await eventually(() =>
    ask().then(
      () => 'answered',
      () => 'refused'
    )
  ).toBe('answered')
})

test('a flood of connections meets the limit of its address, and others still come in', async () => {
  const relay = await net.add({ MAX_CONNECTIONS_PER_ADDRESS: '20' })
  const { port, hostname } = new URL(relay.url)
  const sockets = Array.from({ length: 100 }, () => {
    const socket = tcpConnect({ port: Number(port), host: hostname, localAddress: '127.0.9.9' })
    socket.on('error', () => socket.destroy())
    return socket
  })
  try {
    await eventually(() => refused(relay, 'connections-per-address')).toBeGreaterThan(0)
    await eventually(
      () => sockets.filter((socket) => !socket.closed && socket.readyState === 'open').length
    ).toBeLessThanOrEqual(20)
    expect((await read(`${relay.url}/healthz`)).status).toBe(200)
    const { connection } = await connect('a guest during the flood', relay)
    expect(connection.status).toBe('open')
  } finally {
    for (const socket of sockets) socket.destroy()
  }
})

test('SIGTERM ends it with 0 and a free port within 3 s, with people connected', async () => {
  const relay = await net.add()
  const { peer } = await connect('somebody still there', relay)
  expect(peer.getConnections()).toHaveLength(1)
  const started = performance.now()
  expect(await relay.stop()).toBe(0)
  expect(performance.now() - started).toBeLessThan(3_000)
  await relay.start()
  expect((await read(`${relay.url}/healthz`)).status).toBe(200)
})

test('a mistake of the operator is one sentence and exit 2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cryptochat-relay-'))
  const run = (env: Record<string, string>): { status: number | null; stdout: string; lines: string[] } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'relay/main.ts'), '--no-app'], {
      env: { PATH: process.env['PATH'], DATA_DIR: folder, LOG_LEVEL: 'silent', ...env },
      encoding: 'utf8',
      timeout: 15_000
    })
    return { status, stdout, lines: stderr.trim().split('\n') }
  }
  try {
    const { port, hostname } = new URL(relayAt(0).url)
    for (const [env, sentence] of [
      [{ PORT: 'eighty' }, /^PORT must be a whole number/],
      [{ PORT: port, HOST: hostname }, /is in use by another program/],
      [{ PORT: '0', DATA_DIR: relayAt(0).dataDir }, /is in use by another relay/],
      [{ PORT: '0', TLS_CERT: join(ROOT, 'package.json'), TLS_KEY: join(ROOT, 'package.json') }, /in PEM/]
    ] as const) {
      const { status, stdout, lines } = run(env)
      expect({ status, stdout, count: lines.length }).toEqual({ status: 2, stdout: '', count: 1 })
      expect(lines[0]).toMatch(sentence)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})
