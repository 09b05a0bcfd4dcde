import { expect, test } from 'vitest'
import { readRelayAddress } from '../../../src/p2p/addresses.ts'
import { relayUrl } from '../../../src/p2p/discovery/is-up.ts'
import { createRelayBook } from '../../../src/p2p/discovery/relay-book.ts'
import type { KnownRelay, RelaySource } from '../../../src/p2p/discovery/relay-book.ts'
import { retryDelayMs } from '../../../src/p2p/discovery/relays.ts'
import { readWellKnown } from '../../../src/p2p/discovery/well-known.ts'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'

const peer = async (number: number): Promise<string> => {
  const seed = new Uint8Array(32)
  new DataView(seed.buffer).setUint32(0, number)
  return peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', seed)).toString()
}
const address = async (number: number, host = 'a.example'): Promise<string> =>
  `/dns4/${host}/tcp/443/tls/ws/p2p/${await peer(number)}`

const setup = (shelf?: unknown) => {
  const saved: (readonly KnownRelay[])[] = []
  const book = createRelayBook({
    shelf: { load: async () => shelf, save: async (relays) => void saved.push(relays) },
    onChange: () => undefined,
    onSaveFailed: () => undefined
  })
  return { book, saved }
}

test('relays are asked in the order of trust: typed in, origin, invites, learned', async () => {
  const { book } = setup()
  const sources: RelaySource[] = ['learned', 'invite', 'manual', 'origin']
  for (const [index, source] of sources.entries()) book.add({ addresses: [await address(index)], source })
  expect(book.all().map(({ source }) => source)).toEqual(['manual', 'origin', 'invite', 'learned'])
})

test('a better source puts its addresses first and keeps the others', async () => {
  const { book } = setup()
  const [old, fresh] = [await address(1, 'old.example'), await address(1, 'new.example')]
  expect(book.add({ addresses: [old], source: 'learned', stun: 'stun:old.example:1' })).toBe('added')
  expect(book.add({ addresses: [old], source: 'learned' })).toBe('known')
  expect(book.add({ addresses: [fresh], source: 'origin', stun: 'stun:new.example:2' })).toBe('added')
  expect(book.all()).toMatchObject([{ addresses: [fresh, old], source: 'origin', stun: 'stun:new.example:2' }])
  // and what a relay says of it later changes neither
  book.add({ addresses: [await address(1, 'evil.example')], source: 'learned', stun: 'stun:evil.example:3' })
  expect(book.get(await peer(1))).toMatchObject({
    addresses: [fresh, old, await address(1, 'evil.example')],
    stun: 'stun:new.example:2'
  })
})

test('others can fill the book only up to its bound, and never push out what a person typed in', async () => {
  const { book } = setup()
  book.add({ addresses: [await address(0)], source: 'manual' })
  for (let number = 1; number < 200; number++) book.add({ addresses: [await address(number)], source: 'learned' })
  expect(book.all()).toHaveLength(64)
  expect(book.get(await peer(0))).toBeDefined()
  expect(book.add({ addresses: [await address(500)], source: 'invite' })).toBe('added')
  expect(book.all()).toHaveLength(64)
})

test('what the shelf gives back is checked like anything from outside', async () => {
  const good = { addresses: [await address(1)], source: 'learned', peer: await peer(2) }
  const { book } = setup([
    good,
    null,
    5,
    {},
    { addresses: [7], source: 'manual' },
    { addresses: [await address(3)], source: 'boss' }
  ])
  await book.open()
  expect(book.all().map(({ peer: known }) => known)).toEqual([await peer(1)])
})

test('a relay address is one relay with a name, over WebSocket, and nothing behind it', async () => {
  const id = await peer(1)
  const other = await peer(2)
  for (const good of [
    `/ip4/127.0.0.1/tcp/1/ws/p2p/${id}`,
    `/dns4/a.example/tcp/443/wss/p2p/${id}`,
    `/dns/a.example/tcp/443/tls/ws/p2p/${id}`
  ]) {
    expect(readRelayAddress(good)?.peer).toBe(id)
  }
  expect(readRelayAddress('/ip4/127.0.0.1/tcp/1/ws', id)?.address).toBe(`/ip4/127.0.0.1/tcp/1/ws/p2p/${id}`)
  const wrong = [
    '',
    'http://a.example',
    `/ip4/127.0.0.1/tcp/1/p2p/${id}`,
    '/ip4/127.0.0.1/tcp/1/ws',
    `/ip4/127.0.0.1/udp/1/p2p/${id}`,
    `/ip4/127.0.0.1/tcp/1/ws/p2p/${id}/p2p-circuit`,
    `/ip4/127.0.0.1/tcp/1/ws/p2p/${id}/p2p-circuit/p2p/${other}`,
    '/ip4/127.0.0.1/tcp/1/ws/p2p/nonsense',
    `/dns4/${'a'.repeat(400)}/tcp/1/ws/p2p/${id}`
  ]
  for (const bad of wrong) expect(readRelayAddress(bad)).toBeUndefined()
  expect(readRelayAddress(`/ip4/127.0.0.1/tcp/1/ws/p2p/${id}`, other)).toBeUndefined()
})

test('a third party is never taken for a STUN server of ours', async () => {
  const { book } = setup()
  const addresses = [await address(1)]
  for (const stun of [
    'turn:a.example:1',
    'stun:a.example:1?transport=tcp',
    'stun:',
    'http://a.example',
    'stun:a b:1'
  ]) {
    book.add({ addresses, source: 'origin', stun })
    expect(book.all()[0]?.stun).toBeUndefined()
  }
  book.add({ addresses, source: 'manual', stun: 'stun:[::1]:3478' })
  expect(book.all()[0]?.stun).toBe('stun:[::1]:3478')
})

test('a well-known file names the relay itself first, then those it tells of', async () => {
  const said = {
    peerId: await peer(1),
    addrs: ['/ip4/127.0.0.1/tcp/1/ws', '/ip4/127.0.0.1/udp/2/quic-v1'],
    stun: ['stun:127.0.0.1:1'],
    relays: [
      await address(2),
      [await address(3)],
      { peerId: await peer(4), addrs: ['/dns4/x.example/tcp/1/ws'], stun: 'stun:x.example:1' },
      9
    ],
    later: true
  }
  expect(readWellKnown(said, 'origin')).toEqual([
    { addresses: [`/ip4/127.0.0.1/tcp/1/ws/p2p/${await peer(1)}`], source: 'origin', stun: 'stun:127.0.0.1:1' },
    { addresses: [await address(2)], source: 'learned' },
    { addresses: [await address(3)], source: 'learned' },
    { addresses: [`/dns4/x.example/tcp/1/ws/p2p/${await peer(4)}`], source: 'learned', stun: 'stun:x.example:1' }
  ])
})

test('the web server of a relay is where its WebSocket is', async () => {
  const id = await peer(1)
  expect(relayUrl(`/ip4/127.0.0.1/tcp/8420/ws/p2p/${id}`)?.href).toBe('http://127.0.0.1:8420/')
  expect(relayUrl(`/ip6/::1/tcp/1/ws/p2p/${id}`)?.href).toBe('http://[::1]:1/')
  expect(relayUrl(`/dns4/a.example/tcp/443/tls/ws/p2p/${id}`)?.href).toBe('https://a.example/')
  expect(relayUrl(`/dns/a.example/tcp/444/wss/p2p/${id}`)?.href).toBe('https://a.example:444/')
  expect(relayUrl(`/memory/x/p2p/${id}`)).toBeUndefined()
})

test('tries come quickly at first and never more than thirty seconds apart', () => {
  expect([1, 2, 3, 4].reduce((sum, failures) => sum + retryDelayMs(failures, 0), 0)).toBeLessThan(2_500)
  expect(retryDelayMs(5, 10_000)).toBeLessThan(2_000)
  expect(retryDelayMs(500, 86_400_000)).toBe(30_000)
})
