/** ID2: `did:key` of an Ed25519 key: multicodec 0xed01, multibase base58btc. One text for one key. */
import { base58ToBytes, bytesToBase58 } from '../base/base58.ts'
import { concat } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { Branded } from '../base/ids.ts'

/** The same type as the model's: this room may not import it. */
export type Did = Branded<string, 'Did'>

const SCHEME = 'did:key:z'
const KEY_BYTES = 32

export const didFromKey = (key: Uint8Array): Did => {
  if (key.length !== KEY_BYTES) throw new AppError('malformed', 'an Ed25519 key has 32 bytes')
  return `${SCHEME}${bytesToBase58(concat(Uint8Array.of(0xed, 0x01), key))}` as Did
}

/** @throws AppError `malformed` on any other kind of did. */
export const keyFromDid = (did: string): Uint8Array<ArrayBuffer> => {
  if (!did.startsWith(SCHEME)) throw new AppError('malformed', 'not a did:key')
  const whole = base58ToBytes(did.slice(SCHEME.length))
  if (whole.length !== KEY_BYTES + 2 || whole[0] !== 0xed || whole[1] !== 0x01) {
    throw new AppError('malformed', 'not the did:key of an Ed25519 key')
  }
  return whole.slice(2)
}
