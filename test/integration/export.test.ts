/** ID8: the locked key file, with the real cost of Argon2 (64 MiB for each of four secret parts). */
import { expect, test } from 'vitest'
import { systemRandom as random } from '../../src/base/random.ts'
import { makeAccount } from '../../src/crypto/account.ts'
import { exportCertificate, exportSecretKey, importSecretKey } from '../../src/crypto/export.ts'
import { openText, readArmouredCertificate, sealText } from '../../src/crypto/pgp-armour.ts'
import { checkCertificate, readSecret } from '../../src/crypto/pgp-keys.ts'
import { readPrivateKey } from '../../src/crypto/pgp.ts'

test('the secret key is locked: only the passphrase opens it', async () => {
  const account = await makeAccount({ random, now: Date.UTC(2026, 10, 20), deviceSeed: random.bytes(32) })
  const armoured = await exportSecretKey(account, 'correct horse battery')
  const locked = await readPrivateKey({ armoredKey: armoured })
  expect(locked.isDecrypted()).toBe(false)
  expect(locked.getKeys().every((key) => !key.keyPacket.isDecrypted())).toBe(true)
  expect(await importSecretKey(armoured, 'correct horse battery')).toEqual(account.secretKey)
  await expect(importSecretKey(armoured, 'incorrect horse')).rejects.toMatchObject({ code: 'untrusted' })
  await expect(importSecretKey('hello', 'x')).rejects.toMatchObject({ code: 'malformed' })
})

test('exported, imported and read anew it is the same key: fingerprint, subkeys, and what it opens and signs', async () => {
  const now = Date.UTC(2026, 10, 20)
  const account = await makeAccount({ random, now, deviceSeed: random.bytes(32) })
  const armoured = await exportSecretKey(account, 'correct horse battery')
  const again = await readSecret(await importSecretKey(armoured, 'correct horse battery'))
  expect(again.certificate.version).toBe(6)
  expect(again.certificate.fingerprint).toEqual(account.fingerprint)
  expect(again.certificate.bytes).toEqual(account.certificate)
  await checkCertificate(again.certificate)

  const certificate = await exportCertificate(account)
  const to = await readArmouredCertificate(certificate)
  expect(to.fingerprint).toEqual(account.fingerprint)
  const sealed = await sealText({ text: 'to myself', to, signer: again, now })
  expect(await openText(sealed, [again], to)).toEqual({ text: 'to myself', signature: 'valid' })
})
