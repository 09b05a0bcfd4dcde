/** The simulated network keeps the same promises as the real one, or what we learn from simulations is worth nothing. */
import { deviceIdFromKey } from '../../src/crypto/device-id.ts'
import { ed25519PublicKey } from '../../src/crypto/ed25519.ts'
import type { DeviceId } from '../../src/messenger/net.ts'
import { createSimNetwork, HOME } from '../sim/network.ts'
import { netContract } from './net.ts'

netContract('the simulated network', async () => {
  const network = createSimNetwork()
  const [alice, bob] = [1, 2].map((fill) => deviceIdFromKey(ed25519PublicKey(new Uint8Array(32).fill(fill)))) as [
    DeviceId,
    DeviceId
  ]
  const side = (device: DeviceId) => ({ net: network.join(device), device, homes: [HOME] })
  return {
    alice: side(alice),
    bob: side(bob),
    bobVanishes: async () => network.setOnline(bob, false),
    stop: async () => {}
  }
})
