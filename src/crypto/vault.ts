/**
 * The keys of the sealed store, in the hands of the store (`store/sealed/vault.ts`). Ids say nothing without the key, and
 * a sealed row opens at its own id only. Wiping ends it: nothing is opened or sealed afterwards.
 */
import { bytesToBase64url, utf8 } from '../base/bytes.ts'
import { AppError, assert } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { wipeSecret } from '../base/secret.ts'
import { keyedId, openRow, openRowNow, type RowPlace, sealRow } from './at-rest.ts'
import type { AtRestKeys } from './keyring.ts'

interface VaultOptions {
  readonly keys: AtRestKeys
  /** One letter: which keyring in a row of keyrings this is. */
  readonly generation: string
  /** The shape of what is sealed. */
  readonly schema: number
  readonly random: Random
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- its shape is the store's
export const createVault = ({ keys, generation, schema, random }: VaultOptions) => {
  assert(generation.length === 1, 'a generation is one letter')
  let isWiped = false
  const own = (): AtRestKeys => {
    if (isWiped) throw new AppError('not-ready', 'the store is locked')
    return keys
  }
  const place = (table: string, key: string): RowPlace => ({ table, key, schema })
  return {
    generation,
    idOf: (table: string, key: string): string => generation + bytesToBase64url(keyedId(own(), table, utf8(key))),
    newId: (): string => generation + bytesToBase64url(random.bytes(16)),
    seal: (shelf: string, id: string, plain: Uint8Array): Uint8Array<ArrayBuffer> =>
      sealRow(own(), place(shelf, id), plain, random),
    open: (shelf: string, id: string, sealed: Uint8Array): Uint8Array => openRowNow(own(), place(shelf, id), sealed),
    openLater: (shelf: string, id: string, sealed: Uint8Array): Promise<Uint8Array> =>
      openRow(own(), place(shelf, id), sealed),
    wipe: (): void => {
      isWiped = true
      wipeSecret(keys.secrets)
    }
  }
}
