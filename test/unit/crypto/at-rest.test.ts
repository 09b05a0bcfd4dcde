/** Sealed rows: vectors of AES-GCM, places, damage, padding, keyed ids. */
import { beforeAll, expect, test } from 'vitest'
import { bytesToHex, hexToBytes, sameBytes, utf8, utf8ToText } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { importAesKey, openAes, sealAes } from '../../../src/crypto/aes.ts'
import { keyedId, openRow, openRowNow, type RowPlace, sealRow } from '../../../src/crypto/at-rest.ts'
import { type AtRestKeys, createKeyring } from '../../../src/crypto/keyring.ts'
import { createVault } from '../../../src/crypto/vault.ts'

const random = seededRandom(31)
const place: RowPlace = { table: 'messages', key: 'm1', schema: 3 }
let keys: AtRestKeys

beforeAll(async () => {
  keys = (await createKeyring({ kind: 'device', secret: random.bytes(32) }, { random })).keys
})

test('AES-256-GCM answers the vectors of the GCM submission to NIST (cases 14 and 16)', async () => {
  const zero = await importAesKey(new Uint8Array(32))
  const nothing = new Uint8Array()
  const zeros = await sealAes(zero, { nonce: new Uint8Array(12), beside: nothing }, new Uint8Array(16))
  expect(bytesToHex(zeros)).toBe('cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919')

  const key = await importAesKey(hexToBytes('feffe9928665731c6d6a8f9467308308'.repeat(2)))
  const how = {
    nonce: hexToBytes('cafebabefacedbaddecaf888'),
    beside: hexToBytes('feedfacedeadbeeffeedfacedeadbeefabaddad2')
  }
  const plain = hexToBytes(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72' +
      '1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39'
  )
  const sealed = await sealAes(key, how, plain)
  expect(bytesToHex(sealed)).toBe(
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa' +
      '8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b'
  )
  expect(await openAes(key, how, sealed)).toEqual(plain)
})

test('a row of any length opens again', async () => {
  for (const size of [0, 1, 126, 127, 128, 129, 1000, 100_000]) {
    const plain = new Uint8Array(size).fill(0x80)
    const sealed = sealRow(keys, place, plain, random)
    expect(sameBytes(await openRow(keys, place, sealed), plain)).toBe(true)
    expect(sameBytes(openRowNow(keys, place, sealed), plain)).toBe(true)
  }
})

test('a row opens at no other place and with no other key', async () => {
  const sealed = sealRow(keys, place, utf8('hello'), random)
  const others = [
    { ...place, key: 'm2' },
    { ...place, table: 'drafts' },
    { ...place, schema: 4 },
    { table: 'message', key: 'sm1', schema: 3 }
  ]
  for (const other of others) await expect(openRow(keys, other, sealed)).rejects.toMatchObject({ code: 'untrusted' })
  for (const other of others) expect(() => openRowNow(keys, other, sealed)).toThrow('changed since')
  const { keys: foreign } = await createKeyring({ kind: 'device', secret: random.bytes(32) }, { random })
  await expect(openRow(foreign, place, sealed)).rejects.toMatchObject({ code: 'untrusted' })
  expect(utf8ToText(await openRow(keys, place, sealed))).toBe('hello')
})

test('a changed, cut or newer row is refused', async () => {
  const sealed = sealRow(keys, place, utf8('hello'), random)
  for (let at = 1; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed)
    changed[at]! ^= 1
    await expect(openRow(keys, place, changed)).rejects.toMatchObject({ code: 'untrusted' })
  }
  for (const size of [0, 1, 13, sealed.length - 1]) {
    await expect(openRow(keys, place, sealed.subarray(0, size))).rejects.toMatchObject({ code: 'malformed' })
  }
  const newer = Uint8Array.from(sealed)
  newer[0] = 2
  await expect(openRow(keys, place, newer)).rejects.toMatchObject({ code: 'needs-newer' })
})

const sizeOf = (size: number): number => sealRow(keys, place, new Uint8Array(size), random).length - 29

test('the length on disk hides short texts and grows long ones by less than an eighth', async () => {
  expect(sizeOf(0)).toBe(128)
  expect(sizeOf(127)).toBe(128)
  expect(sizeOf(128)).toBe(144)
  for (const size of [200, 999, 5000, 70_001]) expect(sizeOf(size)).toBeLessThan(1.125 * (size + 1))
  expect(sizeOf(70_001)).toBe(sizeOf(70_500))
})

test('equal values have equal keyed ids in one index only, and under one key only', async () => {
  const id = keyedId(keys, 'byAuthor', utf8('alice'))
  expect(id).toHaveLength(16)
  expect(keyedId(keys, 'byAuthor', utf8('alice'))).toEqual(id)
  expect(keyedId(keys, 'byAuthor', utf8('bob'))).not.toEqual(id)
  expect(keyedId(keys, 'byAuthora', utf8('lice'))).not.toEqual(id)
  const { keys: foreign } = await createKeyring({ kind: 'device', secret: random.bytes(32) }, { random })
  expect(keyedId(foreign, 'byAuthor', utf8('alice'))).not.toEqual(id)
})

test('what opens rows in numbers cannot be read out, and the bytes beside it are never serialised', async () => {
  expect(keys.rows.extractable).toBe(false)
  await expect(crypto.subtle.exportKey('raw', keys.rows)).rejects.toThrow()
  expect(() => JSON.stringify(keys)).toThrow('never serialised')
})

test('a wiped vault opens and seals nothing, and its keys are zeros', async () => {
  const { keys: own } = await createKeyring({ kind: 'device', secret: random.bytes(32) }, { random })
  const vault = createVault({ keys: own, generation: 'a', schema: 2, random })
  const sealed = vault.seal('rows', 'id', utf8('hello'))
  expect(utf8ToText(vault.open('rows', 'id', sealed))).toBe('hello')
  expect(() => vault.open('pages', 'id', sealed)).toThrow('changed since')
  vault.wipe()
  expect(() => vault.open('rows', 'id', sealed)).toThrow('locked')
  expect(() => vault.seal('rows', 'id', sealed)).toThrow('locked')
  expect(() => vault.idOf('rows', 'id')).toThrow('locked')
  expect([...own.secrets.rows, ...own.secrets.index].every((byte) => byte === 0)).toBe(true)
})
