/** The keyring: several openers of one key, changed ones, wrong ones, damaged bytes; and Argon2id's vectors. */
import { argon2id as nobleArgon2id } from '@noble/hashes/argon2.js'
import { expect, test } from 'vitest'
import { bytesToHex, utf8 } from '../../../src/base/bytes.ts'
import { AppError } from '../../../src/base/errors.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { keyedId } from '../../../src/crypto/at-rest.ts'
import {
  type AtRestKeys,
  createKeyring,
  dropOpener,
  listOpeners,
  type Opener,
  setOpener,
  unlockKeyring
} from '../../../src/crypto/keyring.ts'
import { BACKUP_BOUNDS, stretchPassphrase, UNLOCK_BOUNDS, UNLOCK_COST } from '../../../src/crypto/passphrase.ts'
import { keyring, wrapperHead } from '../../../src/wire/at-rest.ts'
import { CHEAP, CHEAP_BOUNDS } from './costs.ts'

const random = seededRandom(32)
const options = { random, cost: CHEAP, bounds: CHEAP_BOUNDS }
const phrase = (passphrase: string): Opener => ({ kind: 'passphrase', passphrase })
const secret = random.bytes(32)
const fingerKey: Opener = { kind: 'prf', credential: utf8('finger'), secret: random.bytes(32) }
const usbKey: Opener = { kind: 'prf', credential: utf8('usb'), secret: random.bytes(32) }

/** Which DEK it is, by something derived from it. */
const mark = async (keys: AtRestKeys): Promise<string> => bytesToHex(keyedId(keys, 'mark', utf8('mark')))
const unlock = async (ring: Uint8Array, opener: Opener): Promise<string> =>
  mark(await unlockKeyring(ring, opener, CHEAP_BOUNDS))

const filled = (size: number, value: number): Uint8Array => new Uint8Array(size).fill(value)

test("our Argon2id is RFC 9106's: another implementation that answers its vector agrees", async () => {
  const rfc = nobleArgon2id(filled(32, 1), filled(16, 2), {
    t: 3,
    m: 32,
    p: 4,
    key: filled(8, 3),
    personalization: filled(12, 4)
  })
  expect(bytesToHex(rfc)).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659')

  const cost = { memoryKiB: 32, passes: 3, lanes: 4 }
  const salt = filled(16, 2)
  const ours = await stretchPassphrase({ passphrase: 'password', salt, cost, bounds: CHEAP_BOUNDS })
  expect(ours).toEqual(nobleArgon2id(utf8('password'), salt, { t: 3, m: 32, p: 4, dkLen: 32 }))
})

test('Argon2id answers the vector of its reference implementation', async () => {
  const cost = { memoryKiB: 256, passes: 2, lanes: 1 }
  const key = await stretchPassphrase({ passphrase: 'password', salt: utf8('somesalt'), cost, bounds: CHEAP_BOUNDS })
  expect(bytesToHex(key)).toBe('9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe')
})

test('a passphrase opens however its letters were composed', async () => {
  const ring = await createKeyring(phrase('Caf\u00e9'), options)
  expect(await unlock(ring.keyring, phrase('Cafe\u0301'))).toBe(await mark(ring.keys))
})

test('every opener gives the same keys, and each can go but the last', async () => {
  const { keyring: first, keys } = await createKeyring({ kind: 'device', secret }, options)
  const have: Opener = { kind: 'device', secret }
  const second = await setOpener(first, { have, want: phrase('first') }, options)
  const third = await setOpener(second, { have: phrase('first'), want: fingerKey }, options)
  const fourth = await setOpener(third, { have: fingerKey, want: usbKey }, options)
  expect(listOpeners(fourth).map(({ kind }) => kind)).toEqual(['device', 'passphrase', 'prf', 'prf'])
  for (const opener of [have, phrase('first'), fingerKey, usbKey]) {
    expect(await unlock(fourth, opener)).toBe(await mark(keys))
  }
  const fewer = dropOpener(dropOpener(fourth, { kind: 'device' }), fingerKey)
  await expect(unlock(fewer, have)).rejects.toMatchObject({ code: 'not-found' })
  await expect(unlock(fewer, fingerKey)).rejects.toMatchObject({ code: 'not-found' })
  const last = dropOpener(fewer, usbKey)
  expect(() => dropOpener(last, { kind: 'passphrase' })).toThrow(expect.objectContaining({ code: 'conflict' }))
  expect(await unlock(last, phrase('first'))).toBe(await mark(keys))
})

test('a changed passphrase keeps the keys, and the old one opens no more', async () => {
  const { keyring: before, keys } = await createKeyring(phrase('old'), options)
  const after = await setOpener(before, { have: phrase('old'), want: phrase('new') }, options)
  expect(await unlock(after, phrase('new'))).toBe(await mark(keys))
  await expect(unlock(after, phrase('old'))).rejects.toMatchObject({ code: 'untrusted' })
})

test('a wrong passphrase or secret is untrusted and changes nothing', async () => {
  const { keyring: ring, keys } = await createKeyring(phrase('right'), options)
  const copy = Uint8Array.from(ring)
  for (const wrong of ['', 'Right', 'right ']) {
    await expect(unlock(ring, phrase(wrong))).rejects.toMatchObject({ code: 'untrusted' })
    const change = setOpener(ring, { have: phrase(wrong), want: phrase('mine') }, options)
    await expect(change).rejects.toMatchObject({ code: 'untrusted' })
  }
  const both = await setOpener(ring, { have: phrase('right'), want: usbKey }, options)
  for (const wrong of [random.bytes(32), new Uint8Array(31)]) {
    await expect(unlock(both, { ...usbKey, secret: wrong })).rejects.toMatchObject({ code: 'untrusted' })
  }
  expect(ring).toEqual(copy)
  expect(await unlock(ring, phrase('right'))).toBe(await mark(keys))
})

test('a keyring with any byte changed never opens to other keys', async () => {
  const { keyring: ring, keys } = await createKeyring(fingerKey, options)
  const right = await mark(keys)
  for (let at = 0; at < ring.length; at++) {
    const changed = Uint8Array.from(ring)
    changed[at]! ^= 0x01
    const result = await unlock(changed, fingerKey).catch((error: unknown) => error)
    expect(result).toBeInstanceOf(AppError)
    expect(['malformed', 'needs-newer', 'not-found', 'untrusted']).toContain((result as AppError).code)
  }
  expect(await unlock(ring, fingerKey)).toBe(right)
})

test('a cost outside the bounds is refused before any work, stored or asked for', async () => {
  const { keyring: ring } = await createKeyring(phrase('cheap'), options)
  const untrusted = { code: 'untrusted' }
  await expect(unlockKeyring(ring, phrase('cheap'))).rejects.toMatchObject(untrusted)
  await expect(createKeyring(phrase('x'), { random, cost: CHEAP })).rejects.toMatchObject(untrusted)
  const costs = [
    { ...UNLOCK_COST, memoryKiB: 0xffff_ffff },
    { ...UNLOCK_COST, passes: 0xffff },
    { ...UNLOCK_COST, lanes: 0xff },
    { ...UNLOCK_COST, memoryKiB: UNLOCK_COST.memoryKiB - 1 }
  ]
  const { id, version, wrappers } = keyring.decode(ring)
  for (const cost of costs) {
    const head = wrapperHead.encode({ ...wrapperHead.decode(wrappers[0]!.head), cost })
    const bomb = keyring.encode({ id, version, wrappers: [{ ...wrappers[0]!, head }] })
    await expect(unlockKeyring(bomb, phrase('cheap'), UNLOCK_BOUNDS)).rejects.toMatchObject(untrusted)
    const salt = random.bytes(16)
    await expect(stretchPassphrase({ passphrase: 'x', salt, cost, bounds: BACKUP_BOUNDS })).rejects.toMatchObject(
      untrusted
    )
  }
})

test('an opener twice, or with fields of another kind, is malformed', async () => {
  const { keyring: ring } = await createKeyring(fingerKey, options)
  const { id, wrappers } = keyring.decode(ring)
  const [one] = wrappers
  const head = wrapperHead.encode({ ...wrapperHead.decode(one!.head), kind: 'device' })
  for (const bad of [[one!, one!], [{ ...one!, head }]]) {
    const data = keyring.encode({ version: 1, id, wrappers: bad })
    expect(() => listOpeners(data)).toThrow(expect.objectContaining({ code: 'malformed' }))
  }
})
