import { afterEach, expect, test } from 'vitest'
import { createBareRelay, createSomebody, isReserved, until } from './p2p-cast.ts'
import type { Somebody } from './p2p-cast.ts'
import { utf8 } from '../../src/base/bytes.ts'

const cleanup: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(cleanup.splice(0).map((stop) => stop()))
})
const relay = async (number: number) => {
  const made = await createBareRelay(number)
  cleanup.push(made.stop)
  return made
}
const somebody = async (...args: Parameters<typeof createSomebody>) => {
  const made = await createSomebody(...args)
  cleanup.push(made.p2p.stop)
  return made
}
const stateOf = ({ p2p }: Somebody, peer: string) => p2p.network().relays.find((known) => known.peer === peer)

test('two known relays are both used', async () => {
  const [one, two] = [await relay(11), await relay(12)]
  const alice = await somebody([one, two])
  await until('both', () => isReserved(alice, 2))
  expect(alice.p2p.network()).toMatchObject({ state: 'relayed' })
  expect(alice.p2p.net.reachability().homes).toEqual([one.address, two.address])
})

test('a relay that is down at the start neither stops it nor holds up the other, and is used once it is there', async () => {
  const [down, up] = [await relay(13), await relay(14)]
  await down.stop()
  const alice = await somebody([down, up])
  await until('the one that is up', () => isReserved(alice))
  expect(alice.p2p.net.reachability().homes).toEqual([up.address])
  await until('the other is known to be down', () => stateOf(alice, down.peer)?.state === 'unreachable')
  await down.start()
  const tookMs = await until('both', () => isReserved(alice, 2))
  expect(tookMs).toBeLessThan(3_000)
})

test('a restarted relay is used again within three seconds', async () => {
  const home = await relay(15)
  const alice = await somebody([home])
  await until('a reservation', () => isReserved(alice))
  const took: number[] = []
  for (const downForMs of [0, 300, 2_500]) {
    await home.stop()
    await until('the loss is noticed', () => !isReserved(alice), 3_000)
    await new Promise((resolve) => setTimeout(resolve, downForMs))
    await home.start()
    took.push(await until('the reservation is back', () => isReserved(alice)))
  }
  expect(Math.max(...took)).toBeLessThan(3_000)
  console.info(`re-reserved after ${took.map((ms) => ms.toFixed(0)).join(', ')} ms`)
})

test('after a restart of the relay messages pass again, without anybody doing anything', async () => {
  const home = await relay(16)
  const [alice, bob] = [await somebody([home]), await somebody([home])]
  bob.p2p.net.onEnvelope(async () => ({ outcome: 'taken', answer: utf8('ok') }))
  await until('both', () => isReserved(alice) && isReserved(bob))
  const send = async () =>
    (await alice.p2p.net.deliver(bob.target(), utf8('hi'), { signal: AbortSignal.timeout(10_000) })).outcome
  expect(await send()).toBe('delivered')
  await home.stop()
  await until('the loss is noticed', () => !isReserved(alice) && !isReserved(bob))
  expect(await send()).toBe('unreachable')
  await home.start()
  await until('both again', () => isReserved(alice) && isReserved(bob))
  expect(await send()).toBe('delivered')
})

test('a relay that is there but silent is noticed', async () => {
  const home = await relay(17)
  const alice = await somebody([home])
  await until('a reservation', () => isReserved(alice))
  home.freeze()
  alice.p2p.wake()
  await until('the silence is noticed', () => !isReserved(alice), 8_000)
  await until('the reservation is back', () => isReserved(alice))
}, 20_000)

test('a removed relay is let go, an added one is used and kept', async () => {
  const [one, two] = [await relay(18), await relay(19)]
  const kept: unknown[] = []
  const alice = await somebody([one], {
    relayBook: { load: async () => undefined, save: async (rows) => void kept.push(rows) }
  })
  await until('the first', () => isReserved(alice))
  expect(await alice.p2p.addRelay(two.address)).toBe('added')
  expect(await alice.p2p.addRelay(two.address)).toBe('known')
  expect(await alice.p2p.addRelay('/ip4/1.2.3.4/udp/1')).toBe('malformed')
  expect(await alice.p2p.addRelay('http://127.0.0.1:1/')).toBe('unreachable')
  await until('both', () => isReserved(alice, 2))
  alice.p2p.removeRelay(one.peer)
  await until('only the second', () => alice.p2p.net.reachability().homes.join() === two.address)
  expect(alice.p2p.network().relays.map(({ peer }) => peer)).toEqual([two.peer])
  expect(kept.at(-1)).toMatchObject([{ peer: two.peer, source: 'manual' }])
})

test('what a relay says of itself is learned; anything else is malformed', async () => {
  const [one, two] = [await relay(20), await relay(21)]
  const alice = await somebody([])
  alice.p2p.learn({
    peerId: one.peer,
    addrs: [one.address],
    stun: 'stun:127.0.0.1:1',
    relays: [two.address, 'nonsense']
  })
  await until('both', () => isReserved(alice, 2))
  for (const wrong of [undefined, null, 5, {}, { peerId: one.peer }, { peerId: one.peer, addrs: ['x'] }]) {
    expect(() => alice.p2p.learn(wrong)).toThrowError(expect.objectContaining({ code: 'malformed' }))
  }
})
