/** A vault for tests that are not about keys: always the same one, so that a disk opens again. */
import type { Random } from '../src/base/random.ts'
import { systemRandom } from '../src/base/random.ts'
import { sha256 } from '../src/crypto/hash.ts'
import { importAesKey } from '../src/crypto/aes.ts'
import { utf8 } from '../src/base/bytes.ts'
import { createVault } from '../src/crypto/vault.ts'
import { SCHEMA_VERSION } from '../src/store/migrations.ts'
import type { Vault } from '../src/store/sealed/vault.ts'

export const testVault = async (random: Random = systemRandom, generation = 'a'): Promise<Vault> => {
  const secrets = { rows: sha256(utf8(`rows ${generation}`)), index: sha256(utf8(`index ${generation}`)) }
  const keys = { rows: await importAesKey(secrets.rows), secrets }
  return createVault({ keys, generation, schema: SCHEMA_VERSION, random })
}
