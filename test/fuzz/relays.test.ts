/** What relays, invites and the disk say about relays comes from outside: usable addresses or `malformed`, nothing else. */
import { assert, constantFrom, jsonValue, oneof, property, record, string, array } from 'fast-check'
import { expect, test } from 'vitest'
import { AppError } from '../../src/base/errors.ts'
import { readRelayAddress } from '../../src/p2p/addresses.ts'
import { createRelayBook } from '../../src/p2p/discovery/relay-book.ts'
import { readWellKnown } from '../../src/p2p/discovery/well-known.ts'
import { scaled } from '../long.ts'

const numRuns = scaled(1_000, 20_000)
const PEER = '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8'
/** Pieces of addresses, so that many are nearly right. */
const piece = constantFrom(
  '',
  '/',
  '/ip4/1.2.3.4',
  '/dns4/a.example',
  '/ip6/::1',
  '/tcp/1',
  '/udp/1',
  '/ws',
  '/wss',
  '/tls/ws',
  '/webrtc',
  '/p2p-circuit',
  `/p2p/${PEER}`,
  '/p2p/x',
  '/tcp/99999',
  '/unix/%2f',
  '\0'
)
const address = oneof(
  string(),
  array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))
)

test('any text is a relay address that reads the same again, or none', () => {
  assert(
    property(address, (text) => {
      const read = readRelayAddress(text)
      if (read === undefined) return
      expect(read.address.endsWith(`/p2p/${read.peer}`)).toBe(true)
      expect(readRelayAddress(read.address)).toEqual(read)
    }),
    { numRuns }
  )
})

test('any well-known file is read or malformed, and names only usable addresses', () => {
  const nearlyRight = record(
    {
      peerId: oneof(constantFrom(PEER), string()),
      addrs: array(address),
      stun: oneof(jsonValue(), constantFrom('stun:a:1')),
      relays: oneof(jsonValue(), array(oneof(address, jsonValue())))
    },
    { requiredKeys: [] }
  )
  assert(
    property(oneof(jsonValue(), nearlyRight), (said) => {
      try {
        expect(readWellKnown(said, 'origin')[0]?.addresses.every((one) => readRelayAddress(one) !== undefined)).toBe(
          true
        )
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
        expect((error as AppError).code).toBe('malformed')
      }
    }),
    { numRuns }
  )
})

test('any shelf opens into a book of usable relays', async () => {
  const row = record({ addresses: array(address), source: constantFrom('manual', 'origin', 'boss'), stun: string() })
  await Promise.all(
    Array.from({ length: 3 }, async () => {
      const rows: unknown[] = []
      assert(
        property(oneof(jsonValue(), row), (value) => void rows.push(value)),
        { numRuns: 100 }
      )
      const book = createRelayBook({
        shelf: { load: async () => rows, save: async () => undefined },
        onChange: () => undefined,
        onSaveFailed: () => undefined
      })
      await book.open()
      for (const { addresses, peer } of book.all())
        for (const one of addresses) expect(readRelayAddress(one)?.peer).toBe(peer)
    })
  )
})
