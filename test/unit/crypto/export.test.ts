import { beforeAll, describe, expect, test } from 'vitest'
import { bytesToHex, hexToBytes, utf8 } from '../../../src/base/bytes.ts'
import {
  armouredTextFor,
  exportCertificate,
  exportGnupg,
  exportSecretKey,
  isGnupgOf,
  openArmouredText
} from '../../../src/crypto/export.ts'
import { openText, readArmouredCertificate, sealText } from '../../../src/crypto/pgp-armour.ts'
import { checkCertificate, readCertificate, readSecret } from '../../../src/crypto/pgp-keys.ts'
import { openMessage } from '../../../src/crypto/pgp-message.ts'
import { createMessage, encrypt, generateKey, readKey, readPrivateKey } from '../../../src/crypto/pgp.ts'
import { RFC_9580_CERTIFICATE, RFC_9580_FINGERPRINT, RFC_9580_SECRET, RFC_9580_SUBKEY } from '../../vectors/openpgp.ts'
import { type Known, meet, NOW } from './people.ts'

let alice: Known
let bob: Known
beforeAll(async () => {
  alice = await meet()
  bob = await meet()
})

describe('vectors', () => {
  test('the certificate of RFC 9580 A.3 reads as the RFC says', async () => {
    const known = await readArmouredCertificate(RFC_9580_CERTIFICATE)
    await checkCertificate(known)
    expect(bytesToHex(known.fingerprint)).toBe(RFC_9580_FINGERPRINT)
    expect(known.subkeys).toEqual([{ fingerprint: hexToBytes(RFC_9580_SUBKEY), use: 'x25519' }])
    expect(known.version).toBe(6)
  })

  test('the secret key of RFC 9580 A.4 belongs to it and opens what is sealed to it', async () => {
    const secret = await readSecret((await readPrivateKey({ armoredKey: RFC_9580_SECRET })).write())
    expect(bytesToHex(secret.certificate.fingerprint)).toBe(RFC_9580_FINGERPRINT)
    const to = await readArmouredCertificate(RFC_9580_CERTIFICATE)
    const signer = await readSecret(alice.account.secretKey)
    const armoured = await sealText({ text: 'Hello, world!', to, signer, now: NOW })
    expect((await openText(armoured, [secret])).text).toBe('Hello, world!')
  })
})

describe('ID8 exports', () => {
  test('the certificate is standard OpenPGP and the same key', async () => {
    const armoured = await exportCertificate(alice.account)
    expect(armoured).toMatch(/^-----BEGIN PGP PUBLIC KEY BLOCK-----/)
    expect((await readArmouredCertificate(armoured)).fingerprint).toEqual(alice.account.fingerprint)
  })

  test('a short passphrase is refused before anything is written', async () => {
    await expect(exportSecretKey(alice.account, '123456789')).rejects.toMatchObject({ code: 'malformed' })
  })

  test('the GnuPG certificate is version 4, not the root, and certified by it', async () => {
    const { armoured, gnupg } = await exportGnupg(alice.account, NOW)
    const read = await readArmouredCertificate(armoured)
    expect(read.version).toBe(4)
    expect(armoured).not.toContain('PRIVATE')
    expect(await isGnupgOf(armoured, alice.account.didKey)).toBe(true)
    expect(await isGnupgOf(armoured, bob.account.didKey)).toBe(false)
    const again = await exportGnupg({ ...alice.account, gnupg }, NOW)
    expect((await readArmouredCertificate(again.armoured)).fingerprint).toEqual(read.fingerprint)
  })

  test('a certificate that only claims a root is not certified by it', async () => {
    const { armoured } = await exportGnupg({ ...bob.account, did: alice.account.did }, NOW)
    expect(await isGnupgOf(armoured, alice.account.didKey)).toBe(false)
  })
})

describe('ID8 texts by hand', () => {
  test('go from account to account, signed', async () => {
    const [from, to] = [await exportCertificate(alice.account), await exportCertificate(bob.account)]
    const armoured = await armouredTextFor({ text: 'six o’clock\n', certificate: to, account: alice.account, now: NOW })
    expect(await openArmouredText({ armoured, account: bob.account, certificate: from })).toEqual({
      text: 'six o’clock\n',
      signature: 'valid'
    })
    expect(await openArmouredText({ armoured, account: bob.account })).toMatchObject({ signature: 'unknown' })
    await expect(openArmouredText({ armoured, account: alice.account })).rejects.toMatchObject({
      code: 'undecryptable'
    })
  })

  test('a version 4 certificate is answered with the version 4 key, once it exists', async () => {
    const { armoured: theirs, gnupg } = await exportGnupg(bob.account, NOW)
    const ask = { text: 'hello', certificate: theirs, now: NOW }
    await expect(armouredTextFor({ ...ask, account: alice.account })).rejects.toMatchObject({ code: 'not-ready' })
    const own = await exportGnupg(alice.account, NOW)
    const armoured = await armouredTextFor({ ...ask, account: { ...alice.account, gnupg: own.gnupg } })
    const opened = await openArmouredText({ armoured, account: { ...bob.account, gnupg }, certificate: own.armoured })
    expect(opened).toEqual({ text: 'hello', signature: 'valid' })
  })

  test('what is pasted and is nothing is malformed', async () => {
    await expect(readArmouredCertificate('hello')).rejects.toMatchObject({ code: 'malformed' })
    await expect(readArmouredCertificate('x'.repeat(300_000))).rejects.toMatchObject({ code: 'too-large' })
    await expect(openArmouredText({ armoured: 'hello', account: alice.account })).rejects.toMatchObject({
      code: 'malformed'
    })
  })
})

const message = () => createMessage({ binary: utf8('x'.repeat(100)) })

describe('the library is set up for foreign input', () => {
  test('a certificate with a weak key is not written to', async () => {
    const { publicKey } = await generateKey({
      type: 'rsa',
      rsaBits: 1024,
      userIDs: [{ name: 'old' }],
      config: { minRSABits: 1024 },
      format: 'armored'
    })
    const account = { ...alice.account, gnupg: (await exportGnupg(alice.account, NOW)).gnupg }
    await expect(armouredTextFor({ text: 'x', certificate: publicKey, account, now: NOW })).rejects.toMatchObject({
      code: 'untrusted'
    })
  })

  test('our messages are not read in any other shape: version 1 encryption and compression are malformed', async () => {
    const to = await readKey({ binaryKey: new Uint8Array(bob.account.certificate) })
    const secret = await readSecret(bob.account.secretKey)
    const v1 = await encrypt({
      message: await message(),
      encryptionKeys: to,
      format: 'binary',
      config: { ignoreSEIPDv2FeatureFlag: true }
    })
    await expect(openMessage(v1 as Uint8Array, secret)).rejects.toMatchObject({ code: 'malformed' })
    const passwords = ['guess me']
    const byPassword = await encrypt({ message: await message(), encryptionKeys: to, passwords, format: 'binary' })
    await expect(openMessage(byPassword as Uint8Array, secret)).rejects.toMatchObject({ code: 'malformed' })
  })

  test('a secret key where a certificate belongs is malformed', async () => {
    await expect(readCertificate(alice.account.secretKey)).rejects.toMatchObject({ code: 'malformed' })
  })
})
