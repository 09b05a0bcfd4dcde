/**
 * AES-256-GCM by WebCrypto, for much or often used data: keys that cannot be read out again, fast on every platform.
 * Small things sealed once (cards, wrapped keys) use the synchronous one of noble instead.
 */
import { AppError } from '../base/errors.ts'

export const AES_NONCE_BYTES = 12
export const AES_TAG_BYTES = 16

/** WebCrypto refuses shared memory; so do we, by copying it. */
const owned = (data: Uint8Array): Uint8Array<ArrayBuffer> =>
  data.buffer instanceof ArrayBuffer ? (data as Uint8Array<ArrayBuffer>) : new Uint8Array(data)

export const importAesKey = (raw: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', owned(raw), 'AES-GCM', false, ['encrypt', 'decrypt'])

interface Beside {
  readonly nonce: Uint8Array
  /** Associated data: authenticated, not carried. */
  readonly beside: Uint8Array
}
const algorithm = ({ nonce, beside }: Beside): AesGcmParams => ({
  name: 'AES-GCM',
  iv: owned(nonce),
  additionalData: owned(beside)
})

export const sealAes = async (key: CryptoKey, how: Beside, plain: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.encrypt(algorithm(how), key, owned(plain)))

/** @throws AppError `untrusted`: another key, another place, or changed bytes; nothing tells which. */
export const openAes = async (key: CryptoKey, how: Beside, sealed: Uint8Array): Promise<Uint8Array<ArrayBuffer>> => {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm(how), key, owned(sealed)))
  } catch (cause) {
    throw new AppError('untrusted', 'sealed with another key, for another place, or changed since', { cause })
  }
}
