/**
 * Passkeys as keys: WebAuthn's PRF extension answers 32 bytes that only this credential, after the person has confirmed,
 * can make. They never leave the device but for the node's own memory.
 */
import { bytesToBase64url } from '../../base/bytes.ts'
import { systemRandom } from '../../base/random.ts'
import { PASSKEY_SALT } from '../../model/security-views.ts'
import type { LockView, Unlock } from '../../model/security-views.ts'

export type Passkey = Extract<Unlock, { by: 'passkey' }>
/** `no-prf`: the authenticator can be used, but not as a key. */
export type PasskeyOutcome = Passkey | 'cancelled' | 'no-prf'

const TIMEOUT_MS = 120_000
/** ES256, EdDSA, RS256: what authenticators have. No signature of theirs is ever checked. */
const ALGORITHMS = [-7, -8, -257]

const random = (): Uint8Array<ArrayBuffer> => new Uint8Array(systemRandom.bytes(32))

/** WebAuthn names its keys after a domain, so that an address of numbers can have none. */
const isNumbers = (host: string): boolean => host.startsWith('[') || /^\d+(?:\.\d+){3}$/.test(host)

export const hasPasskeys = (): boolean =>
  typeof PublicKeyCredential === 'function' &&
  typeof navigator.credentials?.create === 'function' &&
  !isNumbers(location.hostname)

const bytesOf = (source: BufferSource): Uint8Array<ArrayBuffer> =>
  source instanceof ArrayBuffer
    ? new Uint8Array(source.slice(0))
    : new Uint8Array(source.buffer.slice(source.byteOffset, source.byteOffset + source.byteLength) as ArrayBuffer)

const answerOf = (credential: PublicKeyCredential): Passkey | undefined => {
  const first = credential.getClientExtensionResults().prf?.results?.first
  if (first === undefined) return undefined
  return { by: 'passkey', credential: bytesOf(credential.rawId), secret: bytesOf(first).subarray(0, 32) }
}

/** What the person closed, refused or let time out. */
const isRefusal = (error: unknown): boolean =>
  error instanceof DOMException && ['NotAllowedError', 'AbortError', 'InvalidStateError'].includes(error.name)

const tryIt = async (work: () => Promise<PasskeyOutcome>): Promise<PasskeyOutcome> => {
  try {
    return await work()
  } catch (error) {
    if (isRefusal(error)) return 'cancelled'
    throw error
  }
}

/** `known` are not made a second time. */
export const makePasskey = (name: string, known: LockView['passkeys']): Promise<PasskeyOutcome> =>
  tryIt(async () => {
    const made = await navigator.credentials.create({
      publicKey: {
        challenge: random(),
        rp: { name: 'CryptoChat' },
        user: { id: random(), name, displayName: name },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        excludeCredentials: known.map(({ credential }) => ({ type: 'public-key', id: new Uint8Array(credential) })),
        timeout: TIMEOUT_MS,
        extensions: { prf: { eval: { first: PASSKEY_SALT } } }
      }
    })
    if (!(made instanceof PublicKeyCredential)) return 'cancelled'
    // some answer while they are made; the others have to be asked once more
    const answer = answerOf(made)
    if (answer !== undefined) return answer
    if (made.getClientExtensionResults().prf?.enabled !== true) return 'no-prf'
    return await askPasskey([{ credential: bytesOf(made.rawId), salt: PASSKEY_SALT }])
  })

/** Any of these, as the person likes. */
export const askPasskey = (passkeys: LockView['passkeys']): Promise<PasskeyOutcome> =>
  tryIt(async () => {
    const used = await navigator.credentials.get({
      publicKey: {
        challenge: random(),
        allowCredentials: passkeys.map(({ credential }) => ({ type: 'public-key', id: new Uint8Array(credential) })),
        userVerification: 'required',
        timeout: TIMEOUT_MS,
        extensions: {
          prf: {
            evalByCredential: Object.fromEntries(
              passkeys.map(({ credential, salt }) => [bytesToBase64url(credential), { first: new Uint8Array(salt) }])
            )
          }
        }
      }
    })
    if (!(used instanceof PublicKeyCredential)) return 'cancelled'
    return answerOf(used) ?? 'no-prf'
  })
