/** The worker of the test app: the real p2p room with WebRTC hosted by the pages, and a bare loopback over it. */
import '../../../src/p2p/rtc/worker/install.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { createLogBook } from '../../../src/base/log.ts'
import { systemRandom } from '../../../src/base/random.ts'
import { pathOf } from '../../../src/p2p/addresses.ts'
import { createP2p } from '../../../src/p2p/host.ts'
import type { P2p } from '../../../src/p2p/host.ts'
import { deliverOnce } from '../../../src/p2p/protocols/deliver/client.ts'
import { rtcHosts } from '../../../src/p2p/rtc/worker/hosts.ts'
import { transferLoopback } from './loopback.ts'

const log = createLogBook({ now: systemClock.now, size: 1000 })
let p2p: P2p | undefined
const received = { count: 0, bytes: 0, paths: [] as string[] }

const running = (): P2p => {
  if (p2p === undefined) throw new Error('not started')
  return p2p
}
type Device = Parameters<P2p['net']['warm']>[0][number]
const targetOf = (device: string, homes: string[]): Device => ({ to: 'device', device: device as never, homes })

const methods: Record<string, (...args: never[]) => unknown> = {
  start: async (relays: string[], stun?: string) => {
    p2p = await createP2p({
      deviceSeed: systemRandom.bytes(32),
      relays: relays.map((address) => ({
        addresses: [address],
        source: 'origin',
        ...(stun === undefined ? {} : { stun })
      })),
      relayBook: { load: async () => undefined, save: async () => undefined },
      clock: systemClock,
      random: systemRandom,
      log,
      rtc: rtcHosts
    })
    p2p.net.onEnvelope(async ({ envelope, path }) => {
      received.count++
      received.bytes += envelope.length
      received.paths.push(path)
      return { outcome: 'taken', answer: new Uint8Array([1]) }
    })
    return p2p.device
  },
  network: () => running().network(),
  received: () => ({ count: received.count, bytes: received.bytes, lastPath: received.paths.at(-1) }),
  log: () => log.lines(),
  hosts: () => rtcHosts.count(),
  warm: (device: string, homes: string[]) => running().net.warm([targetOf(device, homes)]),
  deliver: async (device: string, homes: string[], size = 200) =>
    await running().net.deliver(targetOf(device, homes), new Uint8Array(size).fill(7), {
      signal: AbortSignal.timeout(20_000)
    }),
  /** Many in a row; the round trips in milliseconds, sorted. */
  measure: async (device: string, homes: string[], count: number) => {
    const times: number[] = []
    for (let i = 0; i < count; i++) {
      const startedAt = performance.now()
      const { outcome } = await running().net.deliver(targetOf(device, homes), new Uint8Array(200).fill(7), {
        signal: AbortSignal.timeout(20_000)
      })
      if (outcome === 'delivered') times.push(performance.now() - startedAt)
    }
    return times.toSorted((a, b) => a - b)
  },
  /** The same with a stream for every message: what decision 0030 compares. */
  measureOnce: async (device: string, count: number) => {
    const connection = running()
      .libp2p.getConnections()
      .find(({ remotePeer, remoteAddr }) => remotePeer.toString() === device && pathOf(remoteAddr) === 'direct')
    if (connection === undefined) throw new Error('not direct')
    const times: number[] = []
    for (let i = 0; i < count; i++) {
      const startedAt = performance.now()
      await deliverOnce(connection, new Uint8Array(200).fill(7), { signal: AbortSignal.timeout(20_000) })
      times.push(performance.now() - startedAt)
    }
    return times.toSorted((a, b) => a - b)
  },
  /** Everything arrives although paths break: what is not delivered is sent again, as an outbox would. */
  transfer: async (device: string, homes: string[], count: number, size: number) => {
    const startedAt = performance.now()
    const paths: Record<string, number> = {}
    let next = 0
    const sender = async (): Promise<void> => {
      while (next < count) {
        next++
        for (;;) {
          const result = await running().net.deliver(targetOf(device, homes), new Uint8Array(size).fill(7), {
            signal: AbortSignal.timeout(20_000)
          })
          if (result.outcome !== 'delivered') {
            await systemClock.sleep(50)
            continue
          }
          paths[result.path] = (paths[result.path] ?? 0) + 1
          break
        }
      }
    }
    await Promise.all(Array.from({ length: 16 }, sender))
    return { tookMs: performance.now() - startedAt, paths }
  },
  loopback: (megabytes: number) => transferLoopback(megabytes)
}

const serve = (port: MessagePort): void => {
  port.addEventListener('message', ({ data, ports }: MessageEvent) => {
    if (data.offer !== undefined) {
      const [offered] = ports
      if (offered !== undefined) rtcHosts.offer({ port: offered, ...data.offer })
      return
    }
    void (async () => {
      try {
        const method = methods[data.method as string]
        port.postMessage({ call: data.call, value: await method?.(...(data.args as never[])) })
      } catch (error) {
        port.postMessage({ call: data.call, error: String(error) })
      }
    })()
  })
  port.start()
}
globalThis.addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports
  if (port !== undefined) serve(port)
})
