/** Direct is really direct, and relayed works where WebRTC does not exist. */
import { expect, test } from './world.ts'

/** Keeps every peer connection of the page, so that a story can ask for its statistics. */
const RECORD_PEERS = `
  globalThis.peers = []
  const Real = globalThis.RTCPeerConnection
  globalThis.RTCPeerConnection = class extends Real {
    constructor(...settings) { super(...settings); globalThis.peers.push(this) }
  }
`
const NO_WEBRTC = 'delete globalThis.RTCPeerConnection; delete globalThis.webkitRTCPeerConnection'

declare global {
  var peers: RTCPeerConnection[]
}

test('a direct path carries the messages, and its statistics prove it', async ({ world }) => {
  const alice = await world.newcomer('alice', { initScript: RECORD_PEERS })
  const bob = await world.newcomer('bob', { initScript: RECORD_PEERS })
  await Promise.all([alice.firstRun(), bob.firstRun()])
  await alice.pairWith(bob)
  await expect.poll(() => alice.pathTo(bob)).toBe('direct')
  await expect.poll(() => bob.pathTo(alice)).toBe('direct')

  const sentBefore = await sentDirectly(alice.page)
  for (let number = 1; number <= 20; number++) await alice.chat('bob').write(`straight to you ${number}`)
  await bob.chat('alice').waitFor('straight to you 20')
  // a sealed message is 1.7 kB at least (PLATFORM), so twenty cannot hide in keep-alives
  expect((await sentDirectly(alice.page)) - sentBefore).toBeGreaterThan(20 * 1_000)
  await expect(alice.page.locator('[data-id="connection"]').first()).toHaveAttribute('data-state', 'direct')
})

test('where WebRTC does not exist, the relay carries the messages', async ({ world }) => {
  const alice = await world.newcomer('alice', { initScript: NO_WEBRTC })
  const [bob] = await world.people('bob')
  await alice.firstRun()
  await alice.pairWith(bob)
  await alice.chat('bob').write('by the long way')
  await bob.chat('alice').waitFor('by the long way')
  await bob.chat('alice').write('and back')
  await alice.chat('bob').waitFor('and back')
  await alice.chat('bob').waitFor('by the long way', 'read')
  expect(await alice.pathTo(bob)).toBe('relayed')
  expect(await bob.pathTo(alice)).toBe('relayed')
})

const sentDirectly = (page: { evaluate: (work: () => Promise<number>) => Promise<number> }): Promise<number> =>
  page.evaluate(async () => {
    let bytes = 0
    for (const peer of globalThis.peers) {
      for (const report of (await peer.getStats()).values()) {
        if (report.type === 'candidate-pair' && report.state === 'succeeded') bytes += report.bytesSent ?? 0
      }
    }
    return bytes
  })
