import { beforeAll, expect, test } from 'vitest'
import { makeOwnHead } from '../../../src/crypto/account.ts'
import { ed25519PublicKey, signEd25519 } from '../../../src/crypto/ed25519.ts'
import { DOMAINS } from '../../../src/crypto/domains.ts'
import { compareHeads, inboxSeed, isStale, makeHead, verifyHead } from '../../../src/crypto/head.ts'
import { rootsHash, signPromise, signVouch } from '../../../src/crypto/roots.ts'
import { head, MAX_FRESH_MS } from '../../../src/wire/head.ts'
import { DAY, flip, type Known, meet, NOW, random } from './people.ts'

const HOMES = ['ip4/127.0.1.1', 'dns4/relay.example.org'].map(
  (where) => `/${where}/tcp/443/tls/ws/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA`
)
let alice: Known
let bob: Known
beforeAll(async () => {
  alice = await meet()
  bob = await meet()
})
const parts = (who: Known) => {
  const { didKey, place, documentHash, rotations, headSeed, vouch } = who.account
  return { didKey, place, documentHash, rotations, homes: HOMES, headSeed, vouch, issued: NOW }
}

test('ID3a a head says where its account is, in under 1 KiB', () => {
  const bytes = makeOwnHead(alice.account, HOMES, NOW)
  expect(bytes.length).toBeLessThan(1024)
  const known = verifyHead(bytes)
  expect(known).toMatchObject({ did: alice.account.did, place: { generation: 0, seq: 0 }, homes: HOMES })
  expect(known.documentHash).toEqual(alice.account.documentHash)
  expect(known.inboxKey).toEqual(ed25519PublicKey(inboxSeed(alice.account.headSeed)))
  expect(known.headKey).toEqual(alice.document.headKey)
})

test('any changed bit is refused', () => {
  const bytes = makeOwnHead(alice.account, HOMES, NOW)
  for (let at = 0; at < bytes.length; at += 3) {
    expect(() => verifyHead(flip(bytes, at))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(malformed|untrusted|needs-newer)$/) })
    )
  }
})

test('a head key that the root does not vouch for cannot speak', () => {
  const own = parts(alice)
  for (const forged of [
    { ...own, headSeed: bob.account.headSeed },
    { ...own, vouch: bob.account.vouch },
    { ...parts(bob), didKey: alice.account.didKey }
  ]) {
    expect(() => verifyHead(makeHead(forged))).toThrow(expect.objectContaining({ code: 'untrusted' }))
  }
})

test('a vouch for one generation is none for another', () => {
  const { account } = alice
  const nextSeed = random.bytes(32)
  const step = { root: ed25519PublicKey(nextSeed), mlDsaHash: random.bytes(32) }
  const promise = signPromise({
    didKey: account.didKey,
    generation: 1,
    nextRoots: rootsHash(step.root, step.mlDsaHash),
    rootSeed: account.rootSeed
  })
  const rotated = { ...parts(alice), place: { generation: 1, seq: 0 }, rotations: [{ ...step, promise }] }
  expect(() => verifyHead(makeHead(rotated))).toThrow(expect.objectContaining({ code: 'untrusted' }))

  const vouch = signVouch({
    didKey: account.didKey,
    generation: 1,
    headKey: ed25519PublicKey(account.headSeed),
    rootSeed: nextSeed
  })
  expect(verifyHead(makeHead({ ...rotated, vouch }))).toMatchObject({ root: step.root, did: account.did })
  // ID4: the count of the statements is the generation
  expect(() => verifyHead(makeHead({ ...rotated, vouch, place: { generation: 2, seq: 0 } }))).toThrow(
    expect.objectContaining({ code: 'malformed' })
  )
  // a statement for another generation or did does not fit
  const moved = [{ ...step, promise: flip(promise, 1) }]
  expect(() => verifyHead(makeHead({ ...rotated, vouch, rotations: moved }))).toThrow(
    expect.objectContaining({ code: 'untrusted' })
  )
})

test('EN2 a head signature made in another domain is refused', () => {
  const own = head.decode(makeOwnHead(alice.account, HOMES, NOW))
  const signature = signEd25519(DOMAINS.card, own.body, alice.account.headSeed)
  expect(() => verifyHead(head.encode({ ...own, signature }))).toThrow(expect.objectContaining({ code: 'untrusted' }))
})

test('ID3a fresh for at most 30 days', () => {
  expect(() => verifyHead(makeHead({ ...parts(alice), freshUntil: NOW + MAX_FRESH_MS + 1 }))).toThrow(
    expect.objectContaining({ code: 'malformed' })
  )
  const known = verifyHead(makeOwnHead(alice.account, [], NOW))
  expect(isStale(known, NOW + 29 * DAY)).toBe(false)
  expect(isStale(known, NOW + 31 * DAY)).toBe(true)
})

test('ID5 of two heads all readers take the same one', () => {
  const early = verifyHead(makeOwnHead(alice.account, [], NOW))
  const late = verifyHead(makeOwnHead(alice.account, [], NOW + 1))
  const twin = verifyHead(makeOwnHead(alice.account, HOMES, NOW))
  const higher = verifyHead(makeHead({ ...parts(alice), place: { generation: 0, seq: 1 }, issued: NOW - DAY }))
  expect(compareHeads(late, early)).toBeGreaterThan(0)
  expect(compareHeads(higher, late)).toBeGreaterThan(0)
  expect(Math.sign(compareHeads(early, twin))).toBe(-Math.sign(compareHeads(twin, early)))
  expect(compareHeads(early, twin)).not.toBe(0)
})
