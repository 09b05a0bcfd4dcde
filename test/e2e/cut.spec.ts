/** The world itself: `cut` really stops every byte of WebSocket and WebRTC, closes nothing, and `mend` lets them on. */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { chromiumDriver } from './drivers/chromium.ts'
import type { Device, Driver, Tab } from './drivers/driver.ts'
import { firefoxDriver } from './drivers/firefox.ts'

declare global {
  /** What the test's own page keeps between two looks. */
  var seen: { socket: number; channel: number; closed: string[] }
  var peer: RTCPeerConnection
}

const TICK_MS = 20
/** WebSocket text frame with one letter: enough to count. */
const TICK = Buffer.from([0x81, 1, 0x74])

const serveTicks = async (): Promise<{ server: Server; url: string; heard: () => number }> => {
  let heard = 0
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>ticks</title>')
  })
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1').update(
      `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    )
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest('base64')}\r\n\r\n`
    )
    const ticking = setInterval(() => socket.write(TICK), TICK_MS)
    socket.on('data', () => heard++)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => clearInterval(ticking))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { server, url: `http://127.0.0.1:${address.port}/`, heard: () => heard }
}

const startSocket = (tab: Tab): Promise<void> =>
  tab.evaluate(() => {
    globalThis.seen = { socket: 0, channel: 0, closed: [] }
    const socket = new WebSocket(`ws://${location.host}/`)
    socket.addEventListener('message', () => globalThis.seen.socket++)
    socket.addEventListener('close', () => globalThis.seen.closed.push('socket'))
    setInterval(() => socket.readyState === WebSocket.OPEN && socket.send('t'), 20)
  }, undefined)

/** Both ends tick through the channel as soon as it is open. */
const offer = (tab: Tab): Promise<RTCSessionDescriptionInit> =>
  tab.evaluate(async () => {
    globalThis.peer = new RTCPeerConnection()
    const channel = globalThis.peer.createDataChannel('ticks')
    channel.addEventListener('message', () => globalThis.seen.channel++)
    channel.addEventListener('close', () => globalThis.seen.closed.push('channel'))
    channel.addEventListener('open', () => setInterval(() => channel.send('t'), 20))
    await globalThis.peer.setLocalDescription()
    while (globalThis.peer.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 20))
    return { type: globalThis.peer.localDescription?.type ?? 'offer', sdp: globalThis.peer.localDescription?.sdp ?? '' }
  }, undefined)

const answer = (tab: Tab, description: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> =>
  tab.evaluate(async (offered) => {
    globalThis.peer = new RTCPeerConnection()
    globalThis.peer.addEventListener('datachannel', ({ channel }) => {
      channel.addEventListener('message', () => globalThis.seen.channel++)
      setInterval(() => channel.send('t'), 20)
    })
    await globalThis.peer.setRemoteDescription(offered)
    await globalThis.peer.setLocalDescription()
    while (globalThis.peer.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 20))
    return { type: globalThis.peer.localDescription?.type ?? 'offer', sdp: globalThis.peer.localDescription?.sdp ?? '' }
  }, description)

const seen = (tab: Tab): Promise<typeof globalThis.seen> => tab.evaluate(() => globalThis.seen, undefined)

const drivers: readonly (readonly [string, Driver])[] = [
  ['Chromium', chromiumDriver],
  ['Firefox', firefoxDriver]
]

for (const [engine, driver] of drivers) {
  test(`${engine}: a cut device neither sends nor receives, closes nothing, and goes on when mended`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cryptochat-cut-'))
    const { server, url, heard } = await serveTicks()
    const devices: Device[] = []
    const launch = async (which: Driver, name: string): Promise<[Device, Tab]> => {
      await mkdir(join(folder, name))
      const device = await which.launch({ profile: join(folder, name), log: () => undefined })
      devices.push(device)
      const [tab] = device.tabs()
      if (tab === undefined) throw new Error('no tab')
      await tab.goto(url)
      await startSocket(tab)
      return [device, tab]
    }
    try {
      const [device, tab] = await launch(driver, 'cut')
      const [, far] = await launch(chromiumDriver, 'far')
      const answered = await answer(far, await offer(tab))
      await tab.evaluate((description) => globalThis.peer.setRemoteDescription(description), answered)
      await expect
        .poll(async () => Math.min(...Object.values(await counts(tab)), (await counts(far)).channel))
        .toBeGreaterThan(3)

      await device.cut()
      // what was under way arrives; then two looks that are a hundred far ticks apart must be equal
      await expect.poll(async () => isStill(tab, far)).toBe(true)
      const before = [await counts(tab), (await counts(far)).channel]
      const farTicks = (await seen(far)).socket
      const heardBefore = heard()
      await expect.poll(async () => (await seen(far)).socket).toBeGreaterThan(farTicks + 100)
      expect([await counts(tab), (await counts(far)).channel]).toEqual(before)
      // the far device's own ticks are the only ones the server still hears
      expect(heard() - heardBefore).toBeLessThanOrEqual((await seen(far)).socket - farTicks + 40)
      expect((await seen(tab)).closed).toEqual([])

      await device.mend()
      const [then, farThen] = before
      await expect.poll(async () => (await counts(tab)).socket).toBeGreaterThan((then as Counts).socket + 10)
      await expect.poll(async () => (await counts(tab)).channel).toBeGreaterThan((then as Counts).channel + 10)
      await expect.poll(async () => (await counts(far)).channel).toBeGreaterThan((farThen as number) + 10)
    } finally {
      await Promise.all(devices.map((device) => device.kill()))
      server.closeAllConnections()
      server.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  })
}

interface Counts {
  readonly socket: number
  readonly channel: number
}
const counts = async (tab: Tab): Promise<Counts> => {
  const { socket, channel } = await seen(tab)
  return { socket, channel }
}

const isStill = async (tab: Tab, far: Tab): Promise<boolean> => {
  const first = [await counts(tab), (await counts(far)).channel]
  const ticks = (await seen(far)).socket
  await expect.poll(async () => (await seen(far)).socket).toBeGreaterThan(ticks + 10)
  return JSON.stringify(first) === JSON.stringify([await counts(tab), (await counts(far)).channel])
}
