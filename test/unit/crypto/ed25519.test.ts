import { describe, expect, test } from 'vitest'
import { concat, hexToBytes, utf8 } from '../../../src/base/bytes.ts'
import { DOMAINS } from '../../../src/crypto/domains.ts'
import {
  ed25519PublicKey,
  signEd25519,
  verifyEd25519,
  verifyEd25519Fast,
  verifyRawEd25519,
  verifyRawEd25519Fast
} from '../../../src/crypto/ed25519.ts'
import { RFC_8032, SPECCHECK } from '../../vectors/ed25519.ts'
import { flip } from './people.ts'

const seed = new Uint8Array(32).fill(9)
const key = ed25519PublicKey(seed)
const text = utf8('see you at six')

test.each(RFC_8032)(
  'verifies RFC 8032 with public key $publicKey',
  async ({ seed: secret, publicKey, message, signature }) => {
    const [data, sig, pub] = [message, signature, publicKey].map(hexToBytes) as [Uint8Array, Uint8Array, Uint8Array]
    expect(ed25519PublicKey(hexToBytes(secret))).toEqual(pub)
    expect(verifyRawEd25519(data, sig, pub)).toBe(true)
    expect(await verifyRawEd25519Fast(data, sig, pub)).toBe(true)
    expect(verifyRawEd25519(concat(data, Uint8Array.of(0)), sig, pub)).toBe(false)
  }
)

describe('EN4: both forms answer the edge cases alike', () => {
  test.each(SPECCHECK)('$about: accepted is $accepted', async ({ accepted, message, publicKey, signature }) => {
    const args = [hexToBytes(message), hexToBytes(signature), hexToBytes(publicKey)] as const
    expect(verifyRawEd25519(...args)).toBe(accepted)
    expect(await verifyRawEd25519Fast(...args)).toBe(accepted)
  })

  // y = 1 written as p + 1, and y = -1 written without reduction, with both signs
  const noncanonical = ['ee', 'ec', 'ed'].flatMap((low) => [`${low}${'ff'.repeat(30)}7f`, `${low}${'ff'.repeat(31)}`])
  test.each(noncanonical)('the key %s is refused whatever it signs', async (publicKey) => {
    const identity = hexToBytes(`01${'00'.repeat(31)}`)
    for (const r of [identity, hexToBytes(publicKey)]) {
      const args = [text, concat(r, new Uint8Array(32)), hexToBytes(publicKey)] as const
      expect(verifyRawEd25519(...args)).toBe(false)
      expect(await verifyRawEd25519Fast(...args)).toBe(false)
    }
  })
})

test('EN2 a signature in one domain is none in another', async () => {
  const signature = signEd25519(DOMAINS.event, text, seed)
  expect(verifyEd25519(DOMAINS.event, text, signature, key)).toBe(true)
  expect(await verifyEd25519Fast(DOMAINS.event, text, signature, key)).toBe(true)
  for (const domain of Object.values(DOMAINS).filter((one) => one !== DOMAINS.event)) {
    expect(verifyEd25519(domain, text, signature, key)).toBe(false)
  }
})

test('a changed bit anywhere in signature, key or text is noticed by both forms', async () => {
  const signature = signEd25519(DOMAINS.event, text, seed)
  for (let at = 0; at < 64; at += 7) {
    const changed = flip(signature, at)
    expect(verifyEd25519(DOMAINS.event, text, changed, key)).toBe(false)
    expect(await verifyEd25519Fast(DOMAINS.event, text, changed, key)).toBe(false)
  }
  for (let at = 0; at < 32; at += 5) {
    expect(verifyEd25519(DOMAINS.event, text, signature, flip(key, at))).toBe(false)
    expect(await verifyEd25519Fast(DOMAINS.event, text, signature, flip(key, at))).toBe(false)
  }
  expect(verifyEd25519(DOMAINS.event, flip(text, 3), signature, key)).toBe(false)
})

test('wrong lengths are an answer, not an error', async () => {
  for (const size of [0, 31, 33]) {
    expect(verifyEd25519(DOMAINS.event, text, new Uint8Array(64), new Uint8Array(size))).toBe(false)
    expect(await verifyEd25519Fast(DOMAINS.event, text, new Uint8Array(64), new Uint8Array(size))).toBe(false)
  }
  expect(verifyEd25519(DOMAINS.event, text, new Uint8Array(63), key)).toBe(false)
  expect(await verifyEd25519Fast(DOMAINS.event, text, new Uint8Array(65), key)).toBe(false)
})

test('EN2 no domain is a prefix of another', () => {
  const all = Object.values(DOMAINS)
  expect(new Set(all).size).toBe(all.length)
  for (const one of all) expect(all.filter((other) => other.startsWith(one))).toEqual([one])
})
