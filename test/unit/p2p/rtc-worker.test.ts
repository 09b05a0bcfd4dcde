/** The worker's stand-ins against a page that is played by the test. */
import { afterEach, expect, test } from 'vitest'
import { MAX_MESSAGE_BYTES, MAX_UNFLUSHED_BYTES } from '../../../src/p2p/rtc/contract.ts'
import type { FromPage, ToPage } from '../../../src/p2p/rtc/contract.ts'
import { createRtcHosts, rtcHosts } from '../../../src/p2p/rtc/worker/hosts.ts'
import type { RtcHostPages } from '../../../src/p2p/rtc/worker/hosts.ts'
import { WorkerPeerConnection } from '../../../src/p2p/rtc/worker/peer-connection.ts'

interface PlayedPage {
  readonly heard: ToPage[]
  say(message: FromPage): void
  hears<Kind extends ToPage['kind']>(kind: Kind): Promise<Extract<ToPage, { kind: Kind }>>
  leave(): void
}

const pages: PlayedPage[] = []
const ends: (() => void)[] = []
afterEach(async () => {
  for (const page of pages.splice(0)) page.leave()
  for (const end of ends.splice(0)) end()
  await expect.poll(() => rtcHosts.count()).toBe(0)
})

const playPage = async ({
  hosts,
  visible = true,
  isHere = true
}: {
  hosts: RtcHostPages
  visible?: boolean
  isHere?: boolean
}): Promise<PlayedPage> => {
  const { port1, port2 } = new MessageChannel()
  const heard: ToPage[] = []
  port1.addEventListener('message', ({ data }: MessageEvent<ToPage>) => heard.push(data))
  port1.start()
  hosts.offer({ port: port2, lock: `page-${crypto.randomUUID()}-never-free`, visible })
  const before = hosts.count()
  const page: PlayedPage = {
    heard,
    say: (message) => port1.postMessage(message),
    hears: async (kind) => {
      await expect.poll(() => heard.some((message) => message.kind === kind)).toBe(true)
      return heard.find((message) => message.kind === kind) as never
    },
    leave: () => port1.close()
  }
  pages.push(page)
  if (isHere) {
    page.say({ kind: 'here', visible })
    await expect.poll(() => hosts.count()).toBe(before + 1)
  }
  return page
}

/** Locks that are never given: a page is gone when its port says so. */
const noLocks = () => undefined

test('without a page a connection is over at once, and whoever listens only then is told', async () => {
  const pc = new WorkerPeerConnection()
  await expect(pc.createOffer()).rejects.toMatchObject({ name: 'InvalidStateError' })
  const told = new Promise((resolve) => {
    pc.onconnectionstatechange = resolve
  })
  await told
  expect(pc.connectionState).toBe('failed')
})

test('a page that has not said that it can host gets nothing', async () => {
  const hosts = createRtcHosts({ now: () => 0, locks: noLocks })
  await playPage({ hosts, isHere: false })
  expect(hosts.place({ receive: () => undefined, lost: () => undefined })).toBeUndefined()
})

const lockFreeHosts = () => createRtcHosts({ now: () => 0, locks: noLocks })

test('a visible page is preferred, a hanging one comes last', async () => {
  let now = 0
  const hosts = createRtcHosts({ now: () => now, locks: noLocks })
  const hidden = await playPage({ hosts, visible: false })
  const visible = await playPage({ hosts, visible: true })
  const hosted = { receive: () => undefined, lost: () => undefined }
  const first = hosts.place(hosted)
  first?.post({ kind: 'call', pc: first.pc, call: 1, what: { method: 'createOffer' } }, [])
  await visible.hears('call')
  now = 2_000
  const second = hosts.place(hosted)
  second?.post({ kind: 'close', pc: second.pc }, [])
  await hidden.hears('close')
})

test('when its page goes, a connection fails with its channels and calls in that moment', async () => {
  for (const how of ['bye', 'port'] as const) {
    const hosts = lockFreeHosts()
    const page = await playPage({ hosts })
    const lost = new Promise<void>((resolve) => {
      hosts.place({ receive: () => undefined, lost: resolve })
    })
    if (how === 'bye') page.say({ kind: 'bye' })
    else page.leave()
    await lost
    expect(hosts.count()).toBe(0)
  }
})

/** A connection with one open channel at a played page. */
const openChannel = async () => {
  // a real Web Lock of a page that lives as long as this process
  const { port1, port2 } = new MessageChannel()
  ends.push(() => port1.close())
  const lock = `page-${crypto.randomUUID()}`
  const held = Promise.withResolvers<void>()
  const granted = new Promise<void>((resolve) => {
    void navigator.locks.request(lock, () => {
      resolve()
      return held.promise
    })
  })
  await granted
  const heard: ToPage[] = []
  port1.addEventListener('message', ({ data }: MessageEvent<ToPage>) => heard.push(data))
  port1.start()
  const before = rtcHosts.count()
  rtcHosts.offer({ port: port2, lock, visible: true })
  port1.postMessage({ kind: 'here', visible: true })
  await expect.poll(() => rtcHosts.count()).toBe(before + 1)
  const pc = new WorkerPeerConnection()
  const channel = pc.createDataChannel('bytes')
  await expect.poll(() => heard.map(({ kind }) => kind)).toEqual(['new', 'make-channel'])
  const number = (heard[0] as Extract<ToPage, { kind: 'new' }>).pc
  const say = (message: object): void => port1.postMessage({ pc: number, channel: 1, ...message })
  const opened = new Promise((resolve) => channel.addEventListener('open', resolve))
  say({ kind: 'opened', id: 3 })
  await opened
  return { pc, channel, heard, say, releaseLock: held.resolve }
}

test('bufferedAmount is what the page has not sent yet, and falls only when it says so', async () => {
  const { pc, channel, heard, say } = await openChannel()
  channel.bufferedAmountLowThreshold = 5_000
  channel.send(new Uint8Array(10_000))
  channel.send(new Uint8Array(2_000).subarray(0, 1_000))
  expect(channel.bufferedAmount).toBe(11_000)
  const low = new Promise((resolve) => channel.addEventListener('bufferedamountlow', resolve))
  say({ kind: 'flushed', bytes: 5_000 })
  await expect.poll(() => channel.bufferedAmount).toBe(6_000)
  say({ kind: 'flushed', bytes: 6_000 })
  await low
  const sent = heard.flatMap((message) => (message.kind === 'send' ? [(message.data as ArrayBuffer).byteLength] : []))
  expect(sent).toEqual([10_000, 1_000])
  pc.close()
})

test('a message too large, and a queue that would grow without bound, are refused', async () => {
  const { pc, channel } = await openChannel()
  expect(() => channel.send(new Uint8Array(MAX_MESSAGE_BYTES + 1))).toThrow(TypeError)
  const piece = new Uint8Array(MAX_MESSAGE_BYTES)
  for (let sent = 0; sent < MAX_UNFLUSHED_BYTES; sent += piece.length) channel.send(piece)
  expect(() => channel.send(new Uint8Array(1))).toThrowError(expect.objectContaining({ name: 'OperationError' }))
  pc.close()
})

test('the page learns how much has been taken in, so that it knows a reader that stopped', async () => {
  const { pc, heard, say, channel } = await openChannel()
  let got = 0
  channel.addEventListener('message', (event) => {
    got += (event as MessageEvent<ArrayBuffer>).data.byteLength
  })
  for (let i = 0; i < 20; i++) say({ kind: 'data', data: new ArrayBuffer(16_384) })
  await expect.poll(() => got).toBe(20 * 16_384)
  const taken = heard.flatMap((message) => (message.kind === 'taken' ? [message.bytes] : []))
  expect(taken).toEqual([16 * 16_384])
  pc.close()
})

test('a page whose Web Lock is free is gone: the connection fails, its channel closes, its calls reject', async () => {
  const { pc, channel, releaseLock } = await openChannel()
  const states: string[] = []
  pc.onconnectionstatechange = () => states.push(pc.connectionState)
  const closed = new Promise((resolve) => channel.addEventListener('close', resolve))
  const offer = pc.createOffer()
  releaseLock()
  await expect(offer).rejects.toMatchObject({ name: 'InvalidStateError' })
  await closed
  expect(states).toEqual(['failed'])
  expect([pc.connectionState, channel.readyState]).toEqual(['closed', 'closed'])
  expect(() => channel.send(new Uint8Array(1))).toThrow()
})
