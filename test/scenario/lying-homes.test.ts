/** Homes may drop and lie; what they say of a delivery is no receipt, because only the other device can give one. */
import { afterEach, expect, test } from 'vitest'
import { base64urlToBytes } from '../../src/base/bytes.ts'
import { keyFromDeviceId } from '../../src/crypto/device-id.ts'
import type { DeliverResult } from '../../src/messenger/net.ts'
import { deliveryAnswer } from '../../src/wire/receipt.ts'
import { createWorld } from '../cast.ts'
import type { World } from '../cast.ts'
import { requestOf } from '../group-transcript.ts'

let world: World
afterEach(() => world.stop())

test('DL3 a home that claims to have handed over first contact loses nothing of it', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.settle()
  const { link } = await alice.messenger.createInvite()
  world.network.carry = async () => ({ outcome: 'unreachable', why: 'no path' })
  const chat = await bob.messenger.openInvite(link)
  await bob.write(alice, 'the only copy')
  await world.settle()

  // the device itself does not answer; its home says that it did, with a receipt for everything
  const lie: DeliverResult = {
    outcome: 'delivered',
    device: alice.device,
    path: 'relayed',
    answer: deliveryAnswer.encode({
      version: 1,
      outcome: 'new',
      conversation: base64urlToBytes(chat),
      receipts: [{ device: keyFromDeviceId(bob.device), counter: 1 }]
    })
  }
  let tries = 0
  world.network.carry = async () => (tries++ % 2 === 0 ? { outcome: 'unreachable', why: 'no path' } : lie)
  await world.settle()
  const sealed = requestOf(bob, chat)
  expect(sealed).toBeDefined()
  await world.pass(10 * 60_000)
  // the same bytes all the time: whoever got them knows them again
  expect(requestOf(bob, chat)).toEqual(sealed)
  expect(tries).toBeGreaterThan(1)
  expect((await bob.messages(alice)).map(({ delivery }) => delivery)).toEqual(['queued'])

  world.network.carry = (carried) => carried.run()
  await world.pass(5 * 60_000)
  expect(await alice.texts(bob)).toEqual(['the only copy'])
  expect((await bob.messages(alice)).map(({ delivery }) => delivery)).toEqual(['delivered'])
})
