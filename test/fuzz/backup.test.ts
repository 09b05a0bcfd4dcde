/** Whatever stands in a backup whose passphrase is right, or in a pasted OpenPGP text: an AppError of the expected kinds. */
import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { systemRandom } from '../../src/base/random.ts'
import { AppError } from '../../src/base/errors.ts'
import { type AccountSecrets, makeAccount } from '../../src/crypto/account.ts'
import { armouredTextFor, exportCertificate, exportGnupg } from '../../src/crypto/export.ts'
import { readSecret, type SecretCertificate } from '../../src/crypto/pgp-keys.ts'
import { findBlock, openBlock, readPastedCertificate } from '../../src/crypto/pgp-text.ts'
import { checkItem } from '../../src/messenger/backup/apply.ts'
import { unpackPart } from '../../src/messenger/backup/items.ts'
import { backupItems, ITEM_KINDS } from '../../src/wire/backup-items.ts'
import { fill, wireCodecs } from '../golden/make-wire.ts'
import { scaled } from '../long.ts'

const NOW = Date.UTC(2026, 10, 20)
const runs = { numRuns: scaled(300, 20_000) }

let account: AccountSecrets
let secret: SecretCertificate
let texts: readonly string[]
const filled = new Map<string, Uint8Array>()

beforeAll(async () => {
  const made = await makeAccount({ random: systemRandom, now: NOW, deviceSeed: systemRandom.bytes(32) })
  const { armoured, gnupg } = await exportGnupg(made, NOW)
  account = { ...made, gnupg }
  secret = await readSecret(account.secretKey)
  const certificate = await exportCertificate(account)
  const given = { text: 'see you', account, now: NOW }
  texts = [armoured, certificate, await armouredTextFor({ ...given, certificate })]
  for (const codec of await wireCodecs()) {
    const kind = /^backup-(\w+)$/.exec(codec.name)?.[1]
    if (kind !== undefined && ITEM_KINDS.some((one) => one === kind)) {
      filled.set(kind, codec.encode(fill(codec.about) as never))
    }
  }
})

const refused = (error: unknown, codes: readonly string[]): void => {
  expect(error).toBeInstanceOf(AppError)
  expect(codes).toContain((error as AppError).code)
}

const spoil = (data: Uint8Array, at: number, put: Uint8Array, cut: number): Uint8Array => {
  const start = data.length === 0 ? 0 : at % data.length
  return Uint8Array.from([...data.subarray(0, start), ...put, ...data.subarray(start + cut)])
}

test('every kind of item has a filled example', () => {
  expect([...filled.keys()].toSorted()).toEqual([...ITEM_KINDS].toSorted())
})

test('spoilt items are refused with one of three codes, or read', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ITEM_KINDS),
      fc.nat(),
      fc.uint8Array({ maxLength: 8 }),
      fc.nat({ max: 12 }),
      (kind, at, put, cut) => {
        const data = spoil(filled.get(kind) ?? new Uint8Array(), at, put, cut)
        try {
          if (data.length > 0) checkItem({ kind, data })
        } catch (error) {
          refused(error, ['malformed', 'too-large', 'needs-newer'])
        }
      }
    ),
    runs
  )
})

test('spoilt parts are refused with one of three codes, or read', () => {
  const items = ITEM_KINDS.slice(0, 1).map((kind) => ({ kind, data: new Uint8Array(9) }))
  const whole = backupItems.encode({ version: 1, items })
  fc.assert(
    fc.property(fc.nat(), fc.uint8Array({ maxLength: 8 }), fc.nat({ max: 12 }), (at, put, cut) => {
      try {
        unpackPart({ section: 'roots', data: spoil(whole, at, put, cut) })
      } catch (error) {
        refused(error, ['malformed', 'too-large', 'needs-newer'])
      }
    }),
    runs
  )
})

const open = async (pasted: string): Promise<void> => {
  const { kind, block } = findBlock(pasted)
  if (kind === 'certificate') await readPastedCertificate(block)
  else await (await openBlock({ kind, block }, [secret])).isSignedBy(secret.certificate)
}

test('spoilt texts and certificates are refused, or read, and never anything else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 2 }),
      fc.nat(),
      fc.string({ maxLength: 6 }),
      fc.nat({ max: 40 }),
      async (which, at, put, cut) => {
        const text = texts[which] ?? ''
        const start = at % text.length
        try {
          await open(text.slice(0, start) + put + text.slice(start + cut))
        } catch (error) {
          refused(error, ['malformed', 'too-large', 'undecryptable', 'untrusted'])
        }
      }
    ),
    { numRuns: scaled(100, 5000) }
  )
})
