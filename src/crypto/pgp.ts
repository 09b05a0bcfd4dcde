/**
 * The OpenPGP library, set up, and the only file that names it: a successor is put in here. The rest of the room takes what
 * it needs from here and from nowhere else. Every failure of the library becomes an AppError at the door where we know
 * what it means.
 */
import { config, enums, type PartialConfig } from 'openpgp'
import { AppError, type ErrorCode } from '../base/errors.ts'

export {
  config,
  createMessage,
  decrypt,
  decryptKey,
  encrypt,
  encryptKey,
  enums,
  generateKey,
  readCleartextMessage,
  readKey,
  readMessage,
  readPrivateKey,
  readSignature,
  sign,
  SignaturePacket,
  verify
} from 'openpgp'
export type { CleartextMessage, KeyID, Message, PrivateKey, PublicKey, SecretKeyPacket, Subkey } from 'openpgp'

// Foreign input may not make us allocate more than 256 MiB for Argon2, unpack bombs, or accept what is long broken.
config.maxArgon2MemoryExponent = 18
config.maxDecompressedMessageSize = 1024 * 1024
config.maxUserIDLength = 1024
config.allowUnauthenticatedMessages = false
config.allowInsecureDecryptionWithSigningKeys = false
config.allowInsecureVerificationWithReformattedKeys = false
config.allowMissingKeyFlags = false
config.preferredAEADAlgorithm = enums.aead.gcm
config.preferredSymmetricAlgorithm = enums.symmetric.aes256
config.preferredCompressionAlgorithm = enums.compression.uncompressed
config.showVersion = false
config.showComment = false

/** CL1: nothing that a signature proves is refused for time alone. The library means "do not look at the clock" by null. */
export const NO_DATE = null as unknown as Date

/** RFC 9580 keys with AEAD. */
export const V6: PartialConfig = { v6Keys: true, aeadProtect: true }

/** Library errors carry no codes: at each door we know what a failure means. Messages of theirs are kept as the cause. */
export const guard = async <T>(code: ErrorCode, what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError(code, what, { cause })
  }
}

export const own = (data: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(data)
