/** A relay is a helper: it may die at any time. */
import { expect, test } from './world.ts'

const NO_WEBRTC = 'delete globalThis.RTCPeerConnection; delete globalThis.webkitRTCPeerConnection'

test('the relay is killed and restarted in mid-conversation: relayed messages flow again, none lost, in order', async ({
  world
}) => {
  const alice = await world.newcomer('alice', { initScript: NO_WEBRTC })
  const bob = await world.newcomer('bob', { initScript: NO_WEBRTC })
  await Promise.all([alice.firstRun(), bob.firstRun()])
  await alice.pairWith(bob)
  await alice.chat('bob').write('before')
  await bob.chat('alice').waitFor('before')

  await world.relay.kill()
  await alice.chat('bob').write('while it was dead')
  await bob.chat('alice').write('me too')
  expect(await alice.chat('bob').status('while it was dead')).toBe('queued')
  await world.relay.start()

  await alice.chat('bob').waitFor('while it was dead', 'delivered', { timeoutMs: 20_000 })
  await bob.chat('alice').waitFor('me too', 'delivered', { timeoutMs: 20_000 })
  await bob.chat('alice').write('after')
  await alice.chat('bob').waitFor('after')
  expect((await alice.chat('bob').texts()).toSorted()).toEqual(['after', 'before', 'me too', 'while it was dead'])
  await expect.poll(() => bob.chat('alice').texts()).toEqual(await alice.chat('bob').texts())
})

test('while the relay is down a direct conversation goes on', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await expect.poll(() => alice.pathTo(bob)).toBe('direct')
  await expect.poll(() => bob.pathTo(alice)).toBe('direct')
  // the relay serves the app, too: its screens come from the service worker once that stands
  for (const { page } of [alice, bob])
    await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)
  await world.relay.kill()
  await alice.chat('bob').write('who needs it')
  await bob.chat('alice').waitFor('who needs it')
  await bob.chat('alice').write('not us')
  await alice.chat('bob').waitFor('not us')
  await alice.chat('bob').waitFor('who needs it', 'read')
})

test('with two relays one may die for good', async ({ world }) => {
  const [first, second] = await world.relays(2)
  const alice = await world.newcomer('alice', { initScript: NO_WEBRTC })
  const bob = await world.newcomer('bob', { initScript: NO_WEBRTC })
  await Promise.all([alice.firstRun(), bob.firstRun()])
  await alice.pairWith(bob)
  for (const person of [alice, bob]) {
    await person.page.goto(`${person.origin}/settings/network`)
    const row = person.page.locator(`[data-id="relay-row"][data-peer="${second!.peerId}"]`)
    await expect(row).toHaveAttribute('data-reserved', 'true')
  }
  await alice.chat('bob').write('through either')
  await bob.chat('alice').waitFor('through either')
  await first!.kill()
  await alice.chat('bob').write('through the other')
  await bob.chat('alice').waitFor('through the other', undefined, { timeoutMs: 30_000 })
  await bob.chat('alice').write('and back')
  await alice.chat('bob').waitFor('and back', undefined, { timeoutMs: 30_000 })
})
