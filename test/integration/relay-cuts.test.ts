/** People whose lines are cut in the middle of everything: the relay takes no harm and forgets them all. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { expect, test } from 'vitest'
import { headRecordKey } from '../../relay/dht-records.ts'
import { seededRandom } from '../../src/base/random.ts'
import { createDirectoryClient } from '../../src/p2p/protocols/directory/client.ts'
import { eventually } from '../eventually.ts'
import { createPeer, dial, makeRelayAccount } from '../relay-cast.ts'
import type { Peer } from '../relay-cast.ts'
import { startTestnet } from '../testnet.ts'
import type { TestRelay } from '../testnet.ts'

const SEED = Number(process.env['SEED'] ?? 470)
const PEOPLE = Number(process.env['PEOPLE'] ?? 24)
const AT_ONCE = 6

/** A line to the relay that resets itself after a random number of bytes. */
const openLine = async (relay: TestRelay): Promise<{ address: string; close(): void }> => {
  const random = seededRandom(SEED)
  const { port, hostname } = new URL(relay.url)
  const sockets: Socket[] = []
  const line = createServer((near) => {
    const far = connect(Number(port), hostname)
    let left = 300 + random.fraction() * 20_000
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      sockets.push(from)
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
      from.on('data', (data) => {
        left -= data.length
        if (left > 0) to.write(data)
        else from.resetAndDestroy()
      })
    }
  })
  line.listen(0, '127.0.0.1')
  await once(line, 'listening')
  return {
    address: `/ip4/127.0.0.1/tcp/${(line.address() as AddressInfo).port}/ws/p2p/${relay.peerId}`,
    close: () => {
      for (const socket of sockets) socket.destroy()
      line.close()
    }
  }
}

/** Everything a start does, as far as it gets. */
const live = async (peer: Peer, name: string, address: string, relay: TestRelay): Promise<unknown> => {
  const signal = AbortSignal.timeout(2_000)
  const directory = createDirectoryClient(await dial(peer, address))
  const account = makeRelayAccount(name)
  const record = account.record({ seq: 0 })
  const publishAndAttend = async (): Promise<void> => {
    await directory.publish(record, { signal })
    await directory.attend(account.attend(relay.peerId, peer.peerId.toString()), { signal })
  }
  const putIntoDht = async (): Promise<void> => {
    for await (const event of peer.services.dht.put(headRecordKey(account.didKey), record.head, { signal })) {
      if (event.name === 'QUERY_ERROR') return
    }
  }
  return await Promise.allSettled([publishAndAttend(), putIntoDht(), directory.heads(account.did, { signal })])
}

test('lines cut in handshakes, questions and answers', async () => {
  const net = await startTestnet({ relays: 1 })
  const [relay] = net.relays as [TestRelay]
  const line = await openLine(relay)
  try {
    for (let at = 0; at < PEOPLE; at += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, async (_, index) => {
          const name = `somebody with a bad line ${at + index}`
          const peer = await createPeer(name)
          await live(peer, name, line.address, relay).catch(() => undefined)
          await peer.stop()
        })
      )
    }
    const metrics = async (): Promise<string> => await (await fetch(`${relay.url}/metrics`)).text()
    await eventually(metrics).toMatch(/^cryptochat_connections 0$/m)
    expect(await metrics()).toMatch(/^cryptochat_reservations 0$/m)
    expect(relay.lines.filter((text) => /stray-error|crashed|failed/.test(text))).toEqual([])
    expect(await relay.stop()).toBe(0)
  } finally {
    line.close()
    await net.stop()
  }
})
