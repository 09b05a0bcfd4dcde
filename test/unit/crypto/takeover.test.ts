/** DV5: an account leaves its device behind and goes on, on another, with a document that follows. */
import { beforeAll, expect, test } from 'vitest'
import { bytesToHex, sameBytes } from '../../../src/base/bytes.ts'
import type { AccountSecrets } from '../../../src/crypto/account.ts'
import { verifyBinding } from '../../../src/crypto/binding.ts'
import { judgeDocument, verifyDocument } from '../../../src/crypto/document.ts'
import { readSecret } from '../../../src/crypto/pgp-keys.ts'
import { type AccountRoots, takeOver, toRoots } from '../../../src/crypto/takeover.ts'
import { DAY, type Known, meet, NOW, random } from './people.ts'

let alice: Known
let roots: AccountRoots
let moved: AccountSecrets

beforeAll(async () => {
  alice = await meet()
  roots = await toRoots(alice.account)
  moved = await takeOver(roots, { newest: alice.document, deviceSeed: random.bytes(32), random, now: NOW + DAY })
})

test('nothing of the device is in what makes the account', async () => {
  const { device, headSeed, secretKey } = alice.account
  const { key } = await readSecret(roots.rootKey)
  expect(key.subkeys).toEqual([])
  const whole = Object.values(roots).flatMap((value): number[] => (value instanceof Uint8Array ? [...value] : []))
  const holds = (needle: Uint8Array): boolean => Buffer.from(whole).includes(Buffer.from(needle))
  expect(holds(device.seed)).toBe(false)
  expect(holds(headSeed)).toBe(false)
  for (const subkey of (await readSecret(secretKey)).key.subkeys) {
    const params = (subkey.keyPacket as { privateParams?: Record<string, unknown> }).privateParams ?? {}
    const secrets = Object.values(params).filter((value): value is Uint8Array => value instanceof Uint8Array)
    expect(secrets.length).toBeGreaterThan(0)
    for (const secret of secrets) expect(holds(secret)).toBe(false)
  }
})

test('the new document follows the old one and lists the new device alone', async () => {
  const document = await verifyDocument(moved.document)
  expect(judgeDocument(alice.document, document)).toBe('newer')
  expect(document.place).toEqual({ generation: 0, seq: 1 })
  expect(document.previous).toEqual(alice.document.hash)
  expect(document.fingerprint).toBe(alice.document.fingerprint)
  expect(document.roots).toEqual(alice.document.roots)
  expect(document.headKey).not.toEqual(alice.document.headKey)

  expect((await verifyBinding(moved.device.binding, document, NOW + DAY)).device).toBe(moved.device.id)
  await expect(verifyBinding(alice.account.device.binding, document, NOW)).rejects.toMatchObject({ code: 'untrusted' })
  const subkeys = document.certificate.subkeys.map(({ fingerprint }) => fingerprint)
  const old = alice.document.certificate.subkeys.map(({ fingerprint }) => fingerprint)
  expect(subkeys).toHaveLength(3)
  expect(subkeys.some((one) => old.some((other) => sameBytes(one, other)))).toBe(false)
})

test('the account remembers its former devices, and can be taken over again', async () => {
  expect(moved.former).toEqual([alice.account.device.id])
  const again = await takeOver(await toRoots(moved), {
    newest: await verifyDocument(moved.document),
    deviceSeed: random.bytes(32),
    random,
    now: NOW + 2 * DAY
  })
  expect(again.former).toEqual([moved.device.id, alice.account.device.id])
  expect(again.place.seq).toBe(2)
  expect(bytesToHex(again.rootSeed)).toBe(bytesToHex(alice.account.rootSeed))
})

test('roots of somebody else take nothing over', async () => {
  const bob = await meet()
  const given = { newest: bob.document, deviceSeed: random.bytes(32), random, now: NOW }
  await expect(takeOver(roots, given)).rejects.toMatchObject({ code: 'untrusted' })
  const damaged = { ...roots, rootKey: roots.rootKey.slice(0, 40) }
  await expect(takeOver(damaged, { ...given, newest: alice.document })).rejects.toMatchObject({ code: 'malformed' })
})
