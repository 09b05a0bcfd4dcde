import { createPrivateKey, createPublicKey, sign as nodeSign, verify as nodeVerify } from 'node:crypto'
import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { sameBytes, utf8 } from '../../../src/base/bytes.ts'
import type { AccountSecrets } from '../../../src/crypto/account.ts'
import {
  deviceSlot,
  judgeDocument,
  makeDocument,
  mlDsaPublicKey,
  type VerifiedDocument,
  verifyDocument
} from '../../../src/crypto/document.ts'
import { DOMAINS } from '../../../src/crypto/domains.ts'
import { ed25519PublicKey } from '../../../src/crypto/ed25519.ts'
import { sha256 } from '../../../src/crypto/hash.ts'
import { generateAccountKey } from '../../../src/crypto/pgp-keys.ts'
import { rootsHashOfKeys, signPromise } from '../../../src/crypto/roots.ts'
import { document, documentBody, DEVICE_SLOTS } from '../../../src/wire/document.ts'
import { DAY, flip, type Known, meet, NOW, random } from './people.ts'

let alice: Known
let bob: Known
beforeAll(async () => {
  alice = await meet()
  bob = await meet()
})

/** The next document of an account in its first generation. */
const follow = async (
  account: AccountSecrets,
  change: Partial<Parameters<typeof makeDocument>[0]> = {}
): Promise<VerifiedDocument> => {
  const said = documentBody.decode(document.decode(account.document).body)
  const bytes = makeDocument(
    {
      didKey: account.didKey,
      place: { generation: 0, seq: 1 },
      previous: account.documentHash,
      issued: NOW + DAY,
      certificate: account.certificate,
      nextRoots: said.nextRoots,
      headKey: said.headKey,
      suites: ['pgp-v6'],
      devices: [],
      rotations: [],
      rootSeed: account.rootSeed,
      mlDsaSeed: account.mlDsaSeed,
      ...change
    },
    random
  )
  return await verifyDocument(bytes)
}

/** ID4: the first document of the generation to which the account committed. */
const rotate = async (account: AccountSecrets, next = { ed: account.nextRootSeed, ml: account.nextMlDsaSeed }) => {
  const { secretKeyOf } = await keysOf(next.ed)
  return {
    change: {
      place: { generation: 1, seq: 0 },
      certificate: secretKeyOf,
      rotations: [
        {
          root: ed25519PublicKey(next.ed),
          mlDsaHash: sha256(mlDsaPublicKey(next.ml)),
          promise: signPromise({
            didKey: account.didKey,
            generation: 1,
            nextRoots: rootsHashOfKeys(ed25519PublicKey(next.ed), mlDsaPublicKey(next.ml)),
            rootSeed: account.rootSeed
          })
        }
      ],
      nextRoots: random.bytes(32),
      rootSeed: next.ed,
      mlDsaSeed: next.ml
    }
  }
}

// the library makes its own seeds, so tests that rotate choose the promised seed after the key is made
const made = new Map<string, Uint8Array>()
const keysOf = async (seed: Uint8Array) => ({ secretKeyOf: made.get(String(seed)) ?? new Uint8Array() })

/** An account whose next root is one for which we have an OpenPGP certificate. */
const withNextRoot = async (account: AccountSecrets): Promise<{ account: AccountSecrets; first: VerifiedDocument }> => {
  const next = await generateAccountKey(NOW)
  made.set(String(next.rootSeed), next.certificate)
  const nextMlDsaSeed = random.bytes(32)
  const nextRoots = rootsHashOfKeys(ed25519PublicKey(next.rootSeed), mlDsaPublicKey(nextMlDsaSeed))
  const said = documentBody.decode(document.decode(account.document).body)
  const bytes = makeDocument(
    {
      ...said,
      previous: undefined as never,
      devices: [],
      nextRoots,
      rootSeed: account.rootSeed,
      mlDsaSeed: account.mlDsaSeed
    },
    random
  )
  const first = await verifyDocument(bytes)
  return {
    account: { ...account, document: bytes, documentHash: first.hash, nextRootSeed: next.rootSeed, nextMlDsaSeed },
    first
  }
}

test('ID3 a fresh document verifies and says what the account says', () => {
  expect(alice.document.did).toBe(alice.account.did)
  expect(alice.document.roots).toEqual(alice.account.roots)
  expect(alice.document.hash).toEqual(alice.account.documentHash)
  expect(alice.document.place).toEqual({ generation: 0, seq: 0 })
  expect(alice.document.certificate.fingerprint).toEqual(alice.account.fingerprint)
})

test('ID3 devices are hidden among fillers, and who knows the salt finds them', () => {
  const { device } = alice.account
  const slot = deviceSlot(device.salt, device.key)
  expect(alice.document.devices).toHaveLength(DEVICE_SLOTS)
  expect(alice.document.devices.filter((one) => sameBytes(one, slot))).toHaveLength(1)
  expect(alice.document.devices.some((one) => sameBytes(one, sha256(device.key)))).toBe(false)
})

const parts = () => document.decode(alice.account.document)
const pack = (change: Partial<ReturnType<typeof parts>>) => document.encode({ ...parts(), ...change })
const refused = async (bytes: Uint8Array) =>
  await expect(verifyDocument(bytes)).rejects.toMatchObject({ code: expect.stringMatching(/^(untrusted|malformed)$/) })

describe('what is changed is refused', () => {
  test('the Ed25519 signature', async () => await refused(pack({ ed25519: flip(parts().ed25519, 5) })))
  test('the ML-DSA signature', async () => await refused(pack({ mlDsa: flip(parts().mlDsa, 1000) })))
  test('any field of the body', async () => {
    const { body } = parts()
    for (let at = 0; at < body.length; at += 211) await refused(pack({ body: flip(body, at) }))
  })
  test('a body signed by another account', async () => {
    const other = document.decode(bob.account.document)
    await refused(pack({ ed25519: other.ed25519, mlDsa: other.mlDsa }))
    await refused(pack({ body: other.body }))
  })
})

test('ID3 a document signed by only one of the two roots is refused', async () => {
  await expect(follow(alice.account, { mlDsaSeed: bob.account.mlDsaSeed })).resolves.toBeDefined() // another key, named in it
  const own = document.decode((await follow(alice.account)).bytes)
  const { body } = document.decode((await follow(alice.account, { issued: NOW + 5 })).bytes)
  const keys = ml_dsa65.keygen(alice.account.mlDsaSeed)
  const mlDsa = ml_dsa65.sign(body, keys.secretKey, { context: utf8(DOMAINS.document) })
  await expect(verifyDocument(document.encode({ ...own, body, mlDsa }))).rejects.toMatchObject({ code: 'untrusted' })
})

test('ID1 the certificate must be of the root in force', async () => {
  const foreign = { certificate: bob.account.certificate }
  await expect(follow(alice.account, foreign)).rejects.toMatchObject({ code: 'untrusted' })
})

test('ID1 a certificate with a forged subkey is refused', async () => {
  const { certificate } = alice.account
  for (const at of [certificate.length - 20, certificate.length - 200]) {
    await expect(follow(alice.account, { certificate: flip(certificate, at) })).rejects.toMatchObject({
      code: expect.stringMatching(/^(untrusted|malformed)$/)
    })
  }
})

test('only the very first document has no previous', async () => {
  const { previous: _, ...first } = { previous: 0, place: { generation: 0, seq: 0 } }
  await expect(follow(alice.account, first)).rejects.toMatchObject({ code: 'malformed' })
  await expect(follow(alice.account, { previous: undefined as never })).rejects.toMatchObject({ code: 'malformed' })
})

describe('ID5 judgement', () => {
  test('the same bytes are the same', () => expect(judgeDocument(alice.document, alice.document)).toBe('same'))

  test('the next one is newer, and seen from there the first is older', async () => {
    const next = await follow(alice.account)
    expect(judgeDocument(alice.document, next)).toBe('newer')
    expect(judgeDocument(next, alice.document)).toBe('older')
  })

  test('one that skips some is newer: nobody must have seen them all', async () => {
    const later = await follow(alice.account, { place: { generation: 0, seq: 5 }, previous: random.bytes(32) })
    expect(judgeDocument(alice.document, later)).toBe('newer')
  })

  test('two with one previous are duplicity, from both sides', async () => {
    const one = await follow(alice.account)
    const other = await follow(alice.account, { issued: NOW + 2 * DAY })
    expect(judgeDocument(one, other)).toBe('duplicity')
    expect(judgeDocument(other, one)).toBe('duplicity')
  })

  test('a successor of something else than the pinned one is duplicity', async () => {
    const next = await follow(alice.account, { previous: random.bytes(32) })
    expect(judgeDocument(alice.document, next)).toBe('duplicity')
  })

  test('another account is broken', () => expect(judgeDocument(alice.document, bob.document)).toBe('broken'))

  test('other roots in the same generation are broken: a thief of one root could do that', async () => {
    const swapped = await follow(alice.account, { mlDsaSeed: bob.account.mlDsaSeed })
    expect(judgeDocument(alice.document, swapped)).toBe('broken')
    const repromised = await follow(alice.account, { nextRoots: random.bytes(32) })
    expect(judgeDocument(alice.document, repromised)).toBe('broken')
  })

  test('ID4 the promised generation is newer than any seq', async () => {
    const { account, first } = await withNextRoot(alice.account)
    const late = await follow(account, { place: { generation: 0, seq: 900 }, nextRoots: first.nextRoots })
    const rotated = await follow(account, (await rotate(account)).change)
    expect(judgeDocument(first, rotated)).toBe('newer')
    expect(judgeDocument(late, rotated)).toBe('newer')
    expect(judgeDocument(rotated, late)).toBe('older')
    expect(rotated.did).toBe(alice.account.did)
    expect(rotated.roots).not.toEqual(first.roots)
  })

  test('ID4 a generation that nobody promised is an alarm, even when the old root signed for it', async () => {
    const { first } = await withNextRoot(alice.account)
    const { account: thief } = await withNextRoot(alice.account)
    const stolen = await follow(thief, (await rotate(thief)).change)
    expect(judgeDocument(first, stolen)).toBe('broken')
  })

  test('ID4 a rotation without the old root’s promise does not verify at all', async () => {
    const { account } = await withNextRoot(alice.account)
    const { change } = await rotate({ ...account, rootSeed: bob.account.rootSeed })
    await expect(follow(account, change)).rejects.toMatchObject({ code: 'untrusted' })
  })
})

test('ML-DSA-65 agrees with OpenSSL in both directions', () => {
  const seed = random.bytes(32)
  const keys = ml_dsa65.keygen(seed)
  const spki = Buffer.concat([Buffer.from('308207b2300b0609608648016503040312038207a100', 'hex'), keys.publicKey])
  const theirPublic = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  const text = utf8('see you at six')
  const ours = ml_dsa65.sign(text, keys.secretKey)
  expect(nodeVerify(null, text, theirPublic, ours)).toBe(true)
  expect(nodeVerify(null, flip(text, 0), theirPublic, ours)).toBe(false)

  const pkcs8 = Buffer.concat([Buffer.from('3034020100300b060960864801650304031204228020', 'hex'), seed])
  const theirs = nodeSign(null, text, createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }))
  expect(ml_dsa65.verify(theirs, text, keys.publicKey)).toBe(true)
  expect(ml_dsa65.verify(flip(theirs, 9), text, keys.publicKey)).toBe(false)
})
