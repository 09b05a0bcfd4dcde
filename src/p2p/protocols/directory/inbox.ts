/**
 * The public name of an account's inbox at a relay: H('inbox' ‖ did key), the same as `inboxId` in `crypto/head.ts`, for
 * rooms that only have the did's text. Whoever knows the did can ring; a relay where nobody attends learns no did.
 */
import { base58ToBytes } from '../../../base/base58.ts'
import { concat, utf8 } from '../../../base/bytes.ts'
import { AppError } from '../../../base/errors.ts'

const DOMAIN = 'cryptochat/inbox/1'
const SCHEME = 'did:key:z'
const MULTICODEC_BYTES = 2
const KEY_BYTES = 32

/** @throws AppError `malformed` when `did` is no did:key of an Ed25519 key. */
export const inboxIdOf = async (did: string): Promise<Uint8Array> => {
  const whole = did.startsWith(SCHEME) ? base58ToBytes(did.slice(SCHEME.length)) : new Uint8Array()
  if (whole.length !== MULTICODEC_BYTES + KEY_BYTES)
    throw new AppError('malformed', 'not the did:key of an Ed25519 key')
  const named = concat(utf8(DOMAIN), Uint8Array.of(0), whole.subarray(MULTICODEC_BYTES))
  return new Uint8Array(await crypto.subtle.digest('SHA-256', named))
}
