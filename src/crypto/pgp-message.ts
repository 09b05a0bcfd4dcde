/**
 * OpenPGP messages between devices: signed by one subkey, sealed in one piece to several, and naming nobody on the outside.
 * Only this one shape is opened: version 2 of authenticated encryption, no compression, one signature.
 */
import { AppError } from '../base/errors.ts'
import { type Certificate, dateFor, findKey, isOneBy, type SecretCertificate } from './pgp-keys.ts'
import { createMessage, encrypt, enums, guard, type Message, own, readMessage, V6, verify } from './pgp.ts'

/** Whom a message goes to: one subkey of one certificate. */
export interface Recipient {
  readonly certificate: Certificate
  readonly subkey: Uint8Array
}

/** Who may have signed: one subkey of one certificate. */
export interface Signer {
  readonly certificate: Certificate
  readonly subkey: Uint8Array
}

export interface Opened {
  readonly plaintext: Uint8Array
  /** Which of the candidates signed this, or undefined. To be asked once: the library consumes the signature. */
  whoSigned<S extends Signer>(candidates: readonly S[]): Promise<S | undefined>
}

/**
 * Signed by one subkey, then sealed (SEIPDv2, AES-256-GCM) to all recipients in one message. Recipients' key ids are left
 * out (wildcard): the outside names nobody.
 */
export const sealMessage = async (options: {
  readonly plaintext: Uint8Array
  readonly signer: SecretCertificate
  readonly signingSubkey: Uint8Array
  readonly recipients: readonly Recipient[]
  readonly now: number
}): Promise<Uint8Array> =>
  await guard('internal', 'sealing failed', async () => {
    const { signer, recipients } = options
    const sealed: unknown = await encrypt({
      message: await createMessage({ binary: own(options.plaintext) }),
      encryptionKeys: recipients.map(({ certificate }) => certificate.key),
      encryptionKeyIDs: recipients.map(({ certificate, subkey }) => findKey(certificate.key, subkey).getKeyID()),
      signingKeys: signer.key,
      signingKeyIDs: findKey(signer.key, options.signingSubkey).getKeyID(),
      date: dateFor(options.now, [signer.certificate, ...recipients.map(({ certificate }) => certificate)]),
      wildcard: true,
      format: 'binary',
      config: V6
    })
    if (!(sealed instanceof Uint8Array)) throw new AppError('internal', 'sealed to something else than bytes')
    return sealed
  })

/** More session keys than devices of a session can have are an attempt to keep us busy. */
const MAX_SESSION_KEYS = 64

const checkShape = (message: Message<Uint8Array<ArrayBuffer>>): void => {
  const sealed = message.packets.filterByTag(enums.packet.symEncryptedIntegrityProtectedData)
  const version = (sealed[0] as { readonly version?: unknown } | undefined)?.version
  const keys = message.packets.filterByTag(enums.packet.publicKeyEncryptedSessionKey)
  const isPlain = sealed.length === 1 && version === 2 && message.packets.length === keys.length + 1
  if (!isPlain || keys.length > MAX_SESSION_KEYS) throw new AppError('malformed', 'not a message of ours')
}

/**
 * Decrypts; who signed is asked afterwards, because a contact request carries the certificate inside.
 * @throws AppError `malformed` or `undecryptable`.
 */
export const openMessage = async (sealed: Uint8Array, secret: SecretCertificate): Promise<Opened> => {
  const message = await guard('malformed', 'not an OpenPGP message', async () => {
    const read = await readMessage({ binaryMessage: own(sealed) })
    checkShape(read)
    return read
  })
  return await guard('undecryptable', 'not for this device, or altered', async () => {
    const inside = await message.decrypt([secret.key])
    if (inside.packets.filterByTag(enums.packet.compressedData).length > 0)
      throw new AppError('malformed', 'compressed')
    const plaintext: unknown = inside.getLiteralData()
    if (!(plaintext instanceof Uint8Array)) throw new AppError('malformed', 'no literal data')
    return { plaintext, whoSigned: async (candidates) => await whoSigned(inside, candidates) }
  })
}

/** A key id has 64 bits and can be forged: when two different certificates have it, neither is believed. */
const whoSigned = async <S extends Signer>(
  message: Message<Uint8Array<ArrayBuffer>>,
  candidates: readonly S[]
): Promise<S | undefined> => {
  const ids = message.getSigningKeyIDs()
  const matching = candidates.filter(({ certificate }) => ids.some((id) => certificate.key.getKeys(id).length > 0))
  const [certificate, ...others] = new Set(matching.map((candidate) => candidate.certificate))
  if (certificate === undefined || others.length > 0) return undefined
  try {
    const { signatures } = await verify({ message, verificationKeys: certificate.key, date: null, format: 'binary' })
    for (const candidate of matching) {
      if (await isOneBy(signatures, certificate.key, candidate.subkey)) return candidate
    }
  } catch {
    // the signature does not hold, or the key may not sign: nobody we know did
  }
  return undefined
}
