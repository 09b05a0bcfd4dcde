/**
 * What every Net must do, whether it runs on libp2p or on the simulated network: the suite that ties the two together.
 * `makePair` gives two devices in reach of each other and of at least one home, each with its own port.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { utf8, utf8ToText } from '../../src/base/bytes.ts'
import type { Arrived, DeviceId, EnvelopeAnswer, Net, Target } from '../../src/messenger/net.ts'

export interface NetSide {
  readonly net: Net
  readonly device: DeviceId
  readonly homes: readonly string[]
}

export interface NetPair {
  readonly alice: NetSide
  readonly bob: NetSide
  /** Bob's device goes away without a word, and stays away. */
  bobVanishes(): Promise<void>
  stop(): Promise<void>
}

const signal = (): AbortSignal => AbortSignal.timeout(15_000)
const taken = (text = ''): EnvelopeAnswer => ({ outcome: 'taken', answer: utf8(text) })
const to = ({ device, homes }: NetSide): Target => ({ to: 'device', device, homes })

/** 32 and 64 bytes of no meaning to the port. */
const bytes = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill)

export const netContract = (name: string, makePair: () => Promise<NetPair>): void => {
  describe(`${name} keeps the promises of Net`, () => {
    let pair: NetPair
    beforeEach(async () => {
      pair = await makePair()
    })
    afterEach(async () => {
      await pair.stop()
    })

    /** Bob takes everything and remembers it. */
    const listen = (answer: (text: string) => EnvelopeAnswer | Promise<EnvelopeAnswer> = () => taken()): Arrived[] => {
      const arrived: Arrived[] = []
      pair.bob.net.onEnvelope(async (letter) => {
        arrived.push(letter)
        return await answer(utf8ToText(letter.envelope))
      })
      return arrived
    }
    const send = async (text: string) => await pair.alice.net.deliver(to(pair.bob), utf8(text), { signal: signal() })

    test('delivers the very bytes, names the sender to the receiver, and brings the answer back', async () => {
      const arrived = listen((text) => taken(`got ${text}`))
      const result = await send('hello')
      expect(result).toMatchObject({ outcome: 'delivered', device: pair.bob.device })
      expect(result.outcome === 'delivered' && utf8ToText(result.answer)).toBe('got hello')
      expect(result.outcome === 'delivered' && result.path).toMatch(/^(direct|relayed)$/)
      expect(arrived.map(({ from, envelope }) => [from, utf8ToText(envelope)])).toEqual([[pair.alice.device, 'hello']])
    })

    test('carries an envelope of 70 KiB', async () => {
      const arrived = listen()
      const big = bytes(70 * 1024, 5)
      const result = await pair.alice.net.deliver(to(pair.bob), big, { signal: signal() })
      expect(result.outcome).toBe('delivered')
      expect(arrived[0]?.envelope).toEqual(big)
    })

    test('answers only when the handler has', async () => {
      const stored = Promise.withResolvers<void>()
      listen(async () => {
        await stored.promise
        return taken()
      })
      let isAnswered = false
      const sent = send('slow').then((result) => {
        isAnswered = true
        return result
      })
      await Promise.resolve()
      expect(isAnswered).toBe(false)
      stored.resolve()
      expect((await sent).outcome).toBe('delivered')
    })

    test('tells a refusal with its reason', async () => {
      listen(() => ({ outcome: 'refused', why: 'untrusted' }))
      expect(await send('spam')).toEqual({ outcome: 'refused', why: 'untrusted' })
    })

    test('a handler that is not there, fails, or pretends to be absent leaves the sender with "unreachable"', async () => {
      expect(await send('early')).toMatchObject({ outcome: 'unreachable' })
      listen((text) => {
        if (text === 'fail') throw new Error('disk full')
        return { outcome: 'absent' }
      })
      expect(await send('fail')).toMatchObject({ outcome: 'unreachable' })
      expect(await send('blocked')).toMatchObject({ outcome: 'unreachable' })
      listen()
      expect(await send('later')).toMatchObject({ outcome: 'delivered' })
    })

    test('many at once all arrive, each with its own answer', async () => {
      const arrived = listen((text) => taken(text))
      const texts = Array.from({ length: 40 }, (_, index) => `message ${index}`)
      const results = await Promise.all(texts.map(send))
      expect(results.map((result) => result.outcome === 'delivered' && utf8ToText(result.answer))).toEqual(texts)
      expect(new Set(arrived.map(({ envelope }) => utf8ToText(envelope)))).toEqual(new Set(texts))
    })

    test('both directions work at the same time', async () => {
      listen()
      pair.alice.net.onEnvelope(async () => taken('from alice'))
      const [there, back] = await Promise.all([
        send('ping'),
        pair.bob.net.deliver(to(pair.alice), utf8('pong'), { signal: signal() })
      ])
      expect([there.outcome, back.outcome]).toEqual(['delivered', 'delivered'])
    })

    test('a device that nobody knows is unreachable, and so is one that went away', async () => {
      const stranger = '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8' as DeviceId
      const nobody: Target = { to: 'device', device: stranger, homes: pair.bob.homes }
      expect(await pair.alice.net.deliver(nobody, utf8('hello?'), { signal: signal() })).toMatchObject({
        outcome: 'unreachable'
      })
      listen()
      expect((await send('still there')).outcome).toBe('delivered')
      await pair.bobVanishes()
      expect(await send('gone')).toMatchObject({ outcome: 'unreachable' })
    })

    test('an abort ends the wait at once and is not an error', async () => {
      listen(() => new Promise(() => undefined))
      const stopping = new AbortController()
      const sent = pair.alice.net.deliver(to(pair.bob), utf8('never mind'), { signal: stopping.signal })
      stopping.abort()
      expect(await sent).toMatchObject({ outcome: 'unreachable' })
    })

    test('denied devices are not talked to in either direction, until they are allowed again', async () => {
      const arrived = listen()
      pair.alice.net.onEnvelope(async () => taken())
      expect((await send('before')).outcome).toBe('delivered')
      pair.bob.net.deny([pair.alice.device])
      expect(await send('blocked')).toMatchObject({ outcome: 'unreachable' })
      const back = await pair.bob.net.deliver(to(pair.alice), utf8('out'), { signal: signal() })
      expect(back).toMatchObject({ outcome: 'unreachable' })
      expect(arrived).toHaveLength(1)
      pair.bob.net.deny([])
      expect((await send('again')).outcome).toBe('delivered')
    })

    test('a connection shows in reachability, and its end too', async () => {
      listen()
      const changes: boolean[] = []
      const stop = pair.alice.net.onReachability(({ devices }) => changes.push(devices.has(pair.bob.device)))
      await send('hello')
      await expect.poll(() => changes.at(-1)).toBe(true)
      expect(pair.alice.net.reachability()).toMatchObject({ online: true, state: 'connected' })
      expect(pair.alice.net.reachability().homes.length).toBeGreaterThan(0)
      await pair.bobVanishes()
      await send('gone')
      await expect
        .poll(() => pair.alice.net.reachability().devices.has(pair.bob.device), { timeout: 15_000 })
        .toBe(false)
      stop()
    })

    test('a card can be put, read, replaced and revoked by its writer', async () => {
      const id = bytes(32, 9)
      const put = async (sealed: Uint8Array | undefined) =>
        await pair.alice.net.directory.putCard({
          id,
          writer: await cardWriter(),
          sealed,
          endsAt: Date.now() + 86_400_000
        })
      expect(await pair.bob.net.directory.card(id, pair.alice.homes)).toBeUndefined()
      expect(await put(utf8('one'))).toBeGreaterThan(0)
      expect(await pair.bob.net.directory.card(id, pair.alice.homes)).toEqual(utf8('one'))
      // statements of one millisecond are not newer than each other
      await new Promise((resolve) => setTimeout(resolve, 2))
      expect(await put(utf8('two'))).toBeGreaterThan(0)
      expect(await pair.bob.net.directory.card(id, pair.alice.homes)).toEqual(utf8('two'))
      await new Promise((resolve) => setTimeout(resolve, 2))
      expect(await put(undefined)).toBeGreaterThan(0)
      expect(await pair.bob.net.directory.card(id, pair.alice.homes)).toBeUndefined()
    })

    test('what nobody published is not found, which is not an error', async () => {
      const { directory } = pair.bob.net
      expect(await directory.document(bytes(32, 1), pair.alice.homes)).toBeUndefined()
      expect(await directory.didsByFingerprint(bytes(32, 1))).toEqual([])
    })
  })
}

/** Real signatures: a real home checks them. */
const cardWriter = async () => {
  const { DOMAINS } = await import('../../src/crypto/domains.ts')
  const { ed25519PublicKey, signEd25519 } = await import('../../src/crypto/ed25519.ts')
  const seed = bytes(32, 3)
  return {
    publicKey: ed25519PublicKey(seed),
    sign: (statement: Uint8Array) => signEd25519(DOMAINS.cardWrite, statement, seed)
  }
}
