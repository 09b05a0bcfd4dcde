import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { home, homeToText, textToHome } from '../../../src/wire/home.ts'
import { bytesToIp, ipToBytes } from '../../../src/wire/ip.ts'

const PEER = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const malformed = expect.objectContaining({ code: 'malformed' })

test.each([
  `/ip4/127.0.1.1/tcp/4001/ws/p2p/${PEER}`,
  `/ip4/203.0.113.7/tcp/443/tls/ws/p2p/${PEER}`,
  `/ip6/2001:db8::1/tcp/443/tls/ws/p2p/${PEER}`,
  `/ip6/::/tcp/1/ws/p2p/${PEER}`,
  `/dns4/relay.example.org/tcp/443/tls/ws/p2p/${PEER}`,
  `/dns6/a-b.example.org/tcp/65535/ws/p2p/${PEER}`,
  `/dns/localhost/tcp/8080/ws/p2p/${PEER}`
])('%s goes there and back, as libp2p writes it', (address) => {
  const bytes = home.encode(textToHome(address))
  expect(homeToText(home.decode(bytes))).toBe(address)
  expect(multiaddr(address).toString()).toBe(address)
  expect(bytes.length).toBeLessThan(address.length)
})

test.each([
  [`/dns4/Relay.Example.ORG/tcp/443/wss/p2p/${PEER}`, `/dns4/relay.example.org/tcp/443/tls/ws/p2p/${PEER}`],
  [`/ip6/2001:0db8:0:0:0:0:0:1/tcp/443/tls/ws/p2p/${PEER}/`, `/ip6/2001:db8::1/tcp/443/tls/ws/p2p/${PEER}`]
])('%s has one spelling', (address, canonical) => {
  expect(homeToText(textToHome(address))).toBe(canonical)
})

test.each([
  '',
  '/ip4/127.0.0.1/tcp/4001/ws',
  `/ip4/127.0.0.1/udp/4001/quic-v1/p2p/${PEER}`,
  `/ip4/127.0.0.1/tcp/4001/p2p/${PEER}`,
  `/ip4/127.0.0.256/tcp/4001/ws/p2p/${PEER}`,
  `/ip4/127.0.0.01/tcp/4001/ws/p2p/${PEER}`,
  `/ip4/127.0.0.1/tcp/0/ws/p2p/${PEER}`,
  `/ip4/127.0.0.1/tcp/65536/ws/p2p/${PEER}`,
  `/ip6/1::2::3/tcp/443/ws/p2p/${PEER}`,
  `/ip6/1:2:3/tcp/443/ws/p2p/${PEER}`,
  `/ip6/fe80::1%25eth0/tcp/443/ws/p2p/${PEER}`,
  `/dns4/exa mple.org/tcp/443/ws/p2p/${PEER}`,
  `/dns4/${'a'.repeat(64)}.org/tcp/443/ws/p2p/${PEER}`,
  '/ip4/127.0.0.1/tcp/4001/ws/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
  `/ip4/127.0.0.1/tcp/4001/ws/p2p/${PEER}/p2p-circuit`
])('%s is malformed', (address) => {
  expect(() => textToHome(address)).toThrow(malformed)
})

test('bytes that fit no address of their kind are malformed', () => {
  const good = textToHome(`/ip4/127.0.0.1/tcp/1/ws/p2p/${PEER}`)
  expect(() => homeToText({ ...good, net: 'ip6' })).toThrow(malformed)
  expect(() => homeToText({ ...good, net: 'dns4', host: Uint8Array.of(0xff, 0xfe) })).toThrow(malformed)
  expect(() => homeToText({ ...good, net: 'dns4', host: new TextEncoder().encode('a/../b') })).toThrow(malformed)
  expect(() => homeToText({ ...good, net: 'dns4', host: new TextEncoder().encode('UPPER.example') })).toThrow(malformed)
})

test.each([
  ['::', '0:0:0:0:0:0:0:0'],
  ['::1', '0:0:0:0:0:0:0:1'],
  ['1::', '1:0:0:0:0:0:0:0'],
  ['2001:db8::1:0:0:1', '2001:db8:0:0:1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1::1', '2001:0:0:1:0:0:0:1']
])('RFC 5952 writes %s for %s', (short, long) => {
  expect(bytesToIp('ip6', ipToBytes('ip6', long))).toBe(short)
  expect(ipToBytes('ip6', short)).toEqual(ipToBytes('ip6', long))
})
