/** ID8: the locked key file, with the real cost of Argon2 (64 MiB for each of four secret parts). */
import { expect, test } from 'vitest'
import { systemRandom as random } from '../../src/base/random.ts'
import { makeAccount } from '../../src/crypto/account.ts'
import { exportSecretKey, importSecretKey } from '../../src/crypto/export.ts'
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
