import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { ConfigError } from '../../../relay/config.ts'
import { createConnectionBook, createRateLimit, createRefusals } from '../../../relay/limits.ts'
import { openPorts } from '../../../relay/ports.ts'
import type { Ports } from '../../../relay/ports.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLog } from '../../../src/base/log.ts'

const open = async (port: number): Promise<Ports> =>
  await openPorts({
    config: { host: '127.0.0.1', port, tls: undefined },
    connections: createConnectionBook({ clock: systemClock, max: 10, maxPerAddress: 10 }),
    refusals: createRefusals(),
    log: silentLog,
    stunRate: createRateLimit({ clock: systemClock, burst: 10, perSecond: 10 }),
    onRequest: (_request, response) => response.end('here')
  })

test('one number is open for TCP and UDP, and both are free again afterwards', async () => {
  const ports = await open(0)
  const { port } = ports.door
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here')
  await expect(open(port)).rejects.toThrow(/is in use by another program/)
  await ports.close()
  const again = await open(port)
  await again.close()
})

test('a taken UDP port is one sentence, and does not leave the TCP port open', async () => {
  const holder = createSocket('udp4')
  holder.bind(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address()
  try {
    await expect(open(port)).rejects.toThrow(ConfigError)
    const free = createServer()
    free.listen(port, '127.0.0.1')
    await once(free, 'listening')
    expect((free.address() as AddressInfo).port).toBe(port)
    free.close()
  } finally {
    holder.close()
  }
})
