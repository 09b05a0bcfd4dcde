/** ID8: what people paste. Vectors of RFC 9580, and what a hostile text could do. */
import { beforeAll, describe, expect, test } from 'vitest'
import { armouredTextFor, exportGnupg } from '../../../src/crypto/export.ts'
import { findBlock, openBlock, readPastedCertificate } from '../../../src/crypto/pgp-text.ts'
import { armourCertificate, readArmouredCertificate } from '../../../src/crypto/pgp-armour.ts'
import { readSecret, type SecretCertificate } from '../../../src/crypto/pgp-keys.ts'
import {
  createMessage,
  encrypt,
  enums,
  generateKey,
  readPrivateKey,
  type PublicKey,
  V6
} from '../../../src/crypto/pgp.ts'
import {
  RFC_9580_CERTIFICATE,
  RFC_9580_CLEARTEXT,
  RFC_9580_FINGERPRINT,
  RFC_9580_INLINE,
  RFC_9580_SEALED,
  RFC_9580_SECRET,
  RFC_9580_SIGNED_TEXT
} from '../../vectors/openpgp.ts'
import { type Known, meet, NOW } from './people.ts'

let alice: Known
let bob: Known
let secret: SecretCertificate
beforeAll(async () => {
  alice = await meet()
  bob = await meet()
  secret = await readSecret(alice.account.secretKey)
})

const open = async (pasted: string, keys: readonly SecretCertificate[] = []): ReturnType<typeof openBlock> => {
  const { kind, block } = findBlock(pasted)
  if (kind === 'certificate') throw new Error('a certificate')
  return await openBlock({ kind, block }, keys)
}

describe('RFC 9580, appendix A', () => {
  test.each([
    ['A.6, cleartext signed', RFC_9580_CLEARTEXT],
    ['A.7, inline signed', RFC_9580_INLINE]
  ])('%s verifies with the key of A.3, and with no other', async (_, pasted) => {
    const rfc = await readArmouredCertificate(RFC_9580_CERTIFICATE)
    const opened = await open(pasted)
    expect(opened.text.trimEnd()).toBe(RFC_9580_SIGNED_TEXT.trimEnd())
    expect(opened.claimed).toBe(RFC_9580_FINGERPRINT)
    expect(await opened.isSignedBy(rfc)).toBe(true)
    expect(await (await open(pasted)).isSignedBy(bob.document.certificate)).toBe(false)
  })

  test('A.6 does not verify any more when a word of it was changed', async () => {
    const opened = await open(RFC_9580_CLEARTEXT.replace('tofu', 'meat'))
    expect(await opened.isSignedBy(await readArmouredCertificate(RFC_9580_CERTIFICATE))).toBe(false)
  })

  test('A.8, sealed with AEAD-OCB, opens with the key of A.4', async () => {
    const rfc = await readSecret((await readPrivateKey({ armoredKey: RFC_9580_SECRET })).write())
    const opened = await open(RFC_9580_SEALED, [rfc])
    expect({ text: opened.text, signers: opened.signers }).toEqual({ text: 'Hello, world!', signers: [] })
    await expect(open(RFC_9580_SEALED, [secret])).rejects.toMatchObject({ code: 'undecryptable' })
  })
})

describe('what is pasted', () => {
  test('may stand between other words and have the line ends of other systems', async () => {
    const { armoured } = await exportGnupg(bob.account, NOW)
    const text = await armouredTextFor({
      text: 'see you',
      certificate: armoured,
      account: { ...alice.account, gnupg: (await exportGnupg(alice.account, NOW)).gnupg },
      now: NOW
    })
    expect(findBlock(`Hi,\r\n\r\n${text.replaceAll('\n', '\r\n')}\r\nBye`)).toEqual({ kind: 'message', block: text })
  })

  test.each([
    ['nothing', ''],
    ['words', 'hello'],
    ['half a block', '-----BEGIN PGP MESSAGE-----\n\nwV0G'],
    ['garbage in a block', '-----BEGIN PGP MESSAGE-----\n\nAAAAAAAA\n-----END PGP MESSAGE-----'],
    ['a secret key', RFC_9580_SECRET]
  ])('%s is malformed', async (_, pasted) => {
    await expect((async () => open(pasted, [secret]))()).rejects.toMatchObject({ code: 'malformed' })
  })

  test('what is huge is refused before it is read', async () => {
    await expect((async () => open('x'.repeat(300 * 1024)))()).rejects.toMatchObject({ code: 'too-large' })
  })

  test('a message to more recipients than a group has is not tried', async () => {
    const certificate = alice.document.certificate.key
    const armoured = (await encrypt({
      message: await createMessage({ text: 'all of you' }),
      encryptionKeys: Array.from({ length: 70 }, () => certificate),
      wildcard: true,
      config: V6
    })) as string
    await expect(open(armoured, [secret])).rejects.toMatchObject({ code: 'too-large' })
  })

  test('a bomb that unpacks to more than a mebibyte is refused', async () => {
    const armoured = (await encrypt({
      message: await createMessage({ text: 'a'.repeat(8 * 1024 * 1024) }),
      encryptionKeys: alice.document.certificate.key,
      config: { ...V6, preferredCompressionAlgorithm: enums.compression.zlib }
    })) as string
    expect(armoured.length).toBeLessThan(64 * 1024)
    await expect(open(armoured, [secret])).rejects.toMatchObject({ code: 'undecryptable' })
  })

  test('a message under a passphrase asks for none, whatever memory it says that it needs', async () => {
    const armoured = (await encrypt({
      message: await createMessage({ text: 'hello' }),
      passwords: ['x'],
      config: { ...V6, s2kType: enums.s2k.argon2, s2kArgon2Params: { passes: 1, parallelism: 1, memoryExponent: 8 } }
    })) as string
    const bytes = Buffer.from(
      armoured
        .split('\n')
        .slice(2, -2)
        .filter((line) => !line.startsWith('='))
        .join(''),
      'base64'
    )
    // tag, length, version, count, cipher, aead, length of S2K, type (4), salt (16), passes, lanes, memory
    const at = bytes.indexOf(Buffer.from([4]), 6)
    bytes[at + 19] = 31
    const bomb = `-----BEGIN PGP MESSAGE-----\n\n${bytes.toString('base64')}\n-----END PGP MESSAGE-----`
    for (const pasted of [armoured, bomb]) {
      await expect(open(pasted, [secret])).rejects.toMatchObject({ code: 'undecryptable' })
    }
  })
})

const makeKey = async (users: readonly string[]): Promise<PublicKey> =>
  (
    await generateKey({
      type: 'ecc',
      curve: 'curve25519Legacy',
      userIDs: users.map((name) => ({ name })),
      format: 'object',
      config: { v6Keys: false }
    })
  ).publicKey

describe('pasted certificates', () => {
  test('are read without what others added', async () => {
    const key = await makeKey(['Carol'])
    const { certificate, userIds } = await readPastedCertificate(key.armor())
    expect(userIds).toEqual(['Carol'])
    expect(certificate.version).toBe(4)
    expect(armourCertificate(certificate)).toContain('PUBLIC KEY')
  })

  test('with any number of names are refused', async () => {
    const key = await makeKey(Array.from({ length: 80 }, (_, n) => `Carol ${n}`))
    await expect(readPastedCertificate(key.armor())).rejects.toMatchObject({ code: 'too-large' })
  })

  test('to which nothing can be sealed are refused', async () => {
    const key = await makeKey(['Carol'])
    key.subkeys = []
    await expect(readPastedCertificate(key.armor())).rejects.toMatchObject({ code: 'untrusted' })
  })
})
