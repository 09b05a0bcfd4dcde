/** The libp2p Net against the contract, with a real relay process. */
import { afterAll, beforeAll } from 'vitest'
import { netContract } from '../contracts/net.ts'
import { startTestnet } from '../testnet.ts'
import type { Testnet } from '../testnet.ts'
import { createSomebody, isReserved, until } from './p2p-cast.ts'

let testnet: Testnet
beforeAll(async () => {
  testnet = await startTestnet({ relays: 1 })
})
afterAll(async () => {
  await testnet.stop()
})

netContract('libp2p', async () => {
  const homes = testnet.relays.flatMap(({ addrs: [first] }) => first ?? [])
  const [alice, bob] = [await createSomebody(homes), await createSomebody(homes)]
  await until('both reserved', () => isReserved(alice) && isReserved(bob))
  return {
    alice: { net: alice.p2p.net, device: alice.p2p.device, homes },
    bob: { net: bob.p2p.net, device: bob.p2p.device, homes },
    bobVanishes: bob.p2p.stop,
    stop: async () => {
      await Promise.all([alice.p2p.stop(), bob.p2p.stop()])
    }
  }
})
