import { afterEach, expect, test } from 'vitest'
import { utf8, utf8ToText } from '../../src/base/bytes.ts'
import { createBareRelay, createSomebody, isReserved, until } from './p2p-cast.ts'

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
const signal = (): AbortSignal => AbortSignal.timeout(15_000)

test('an envelope is delivered over a relay, and the answer comes back with the device that took it', async () => {
  const home = await relay(1)
  const [alice, bob] = [await somebody([home]), await somebody([home])]
  const arrived: string[] = []
  bob.p2p.net.onEnvelope(async ({ envelope, from, path }) => {
    arrived.push(`${utf8ToText(envelope)} ${path} ${from === alice.p2p.device}`)
    return { outcome: 'taken', answer: utf8('receipt') }
  })
  await until('both reserved', () => isReserved(alice) && isReserved(bob))

  const result = await alice.p2p.net.deliver(bob.target(), utf8('hello'), { signal: signal() })

  expect(result).toMatchObject({ outcome: 'delivered', device: bob.p2p.device, path: 'relayed' })
  expect(result.outcome === 'delivered' && utf8ToText(result.answer)).toBe('receipt')
  expect(arrived).toEqual(['hello relayed true'])
})
