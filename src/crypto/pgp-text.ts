/**
 * ID8: what people paste: messages of any OpenPGP program, sealed or only signed, cleartext signed texts, and certificates.
 * All of it is from outside: sizes and counts are bounded before anything is worked on, no passphrase is ever asked for, and a
 * signature counts for a certificate that the caller names, once.
 */
import { bytesToHex } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { MAX_ARMOUR_CHARS, readArmouredCertificate } from './pgp-armour.ts'
import { type Certificate, isOneKeyOf, type SecretCertificate } from './pgp-keys.ts'
import {
  type CleartextMessage,
  enums,
  guard,
  type Message,
  NO_DATE,
  readCleartextMessage,
  readKey,
  readMessage,
  verify
} from './pgp.ts'

export type PastedKind = 'certificate' | 'message' | 'cleartext'

/** Whatever stands around it (quotes, a greeting) is left out. Secret keys are none of our business. */
const BLOCKS: readonly { readonly kind: PastedKind; readonly pattern: RegExp }[] = [
  { kind: 'cleartext', pattern: /-----BEGIN PGP SIGNED MESSAGE-----[^]*?-----END PGP SIGNATURE-----/ },
  { kind: 'message', pattern: /-----BEGIN PGP MESSAGE-----[^]*?-----END PGP MESSAGE-----/ },
  { kind: 'certificate', pattern: /-----BEGIN PGP PUBLIC KEY BLOCK-----[^]*?-----END PGP PUBLIC KEY BLOCK-----/ }
]

/** @throws AppError `malformed` where there is nothing of the kind, `too-large`. */
export const findBlock = (pasted: string): { readonly kind: PastedKind; readonly block: string } => {
  if (pasted.length > MAX_ARMOUR_CHARS) throw new AppError('too-large', 'an OpenPGP text')
  for (const { kind, pattern } of BLOCKS) {
    const [block] = pattern.exec(pasted) ?? []
    if (block !== undefined) return { kind, block: `${block.replaceAll('\r\n', '\n')}\n` }
  }
  throw new AppError('malformed', 'no OpenPGP text in it')
}

export interface OpenedText {
  readonly text: string
  /** Key ids of whoever claims to have signed, hex. */
  readonly signers: readonly string[]
  /** As exactly as the signature says who made it: a fingerprint, or a key id. */
  readonly claimed: string | undefined
  /** To be asked once: the library consumes the signature. */
  isSignedBy(certificate: Certificate): Promise<boolean>
}

/** A message to everybody in a large group; each is tried with each of our keys. */
const MAX_RECIPIENTS = 64
/** Signature and one-pass packets come in pairs, then there is the text. */
const MAX_PACKETS = 2 * MAX_RECIPIENTS

type Read = Message<string> | CleartextMessage

/** @throws AppError `malformed`, `too-large` or `undecryptable`. */
export const openBlock = async (
  { kind, block }: { readonly kind: 'message' | 'cleartext'; readonly block: string },
  secrets: readonly SecretCertificate[]
): Promise<OpenedText> => {
  if (kind === 'cleartext') {
    const read = await guard('malformed', 'not a signed text', () => readCleartextMessage({ cleartextMessage: block }))
    return describeText(read, read.getText())
  }
  const sealed = await guard('malformed', 'not an OpenPGP message', () => readMessage({ armoredMessage: block }))
  const recipients = sealed.packets.filterByTag(enums.packet.publicKeyEncryptedSessionKey).length
  if (recipients > MAX_RECIPIENTS || sealed.packets.length > MAX_PACKETS) {
    throw new AppError('too-large', 'a message to so many')
  }
  const open = await guard('undecryptable', 'not for us, or altered', async () => {
    const inside = isSealed(sealed) ? await sealed.decrypt(secrets.map(({ key }) => key)) : sealed
    // unpacking is bounded too, and fails as one
    return { inside: inside as Message<string>, text: inside.getText() as string | null }
  })
  if (open.text === null) throw new AppError('malformed', 'there is no text in it')
  return describeText(open.inside, open.text)
}

const isSealed = ({ packets }: Message<string>): boolean =>
  packets.filterByTag(enums.packet.symEncryptedIntegrityProtectedData, enums.packet.symmetricallyEncryptedData).length >
  0

const describeText = (read: Read, text: string): OpenedText => {
  const ids = read.getSigningKeyIDs()
  return {
    text,
    signers: ids.map((id) => id.toHex()),
    claimed: claimedBy(read) ?? ids[0]?.toHex(),
    isSignedBy: async (certificate) => {
      try {
        const { signatures } = await verify({
          message: read as Message<string>,
          verificationKeys: certificate.key,
          date: NO_DATE
        })
        const [only, ...more] = signatures
        if (only === undefined || more.length > 0 || !isOneKeyOf(certificate, only.keyID)) return false
        return await only.verified
      } catch {
        // the signature does not hold: the answer is no
        return false
      }
    }
  }
}

const claimedBy = (read: Read): string | undefined => {
  // the library's types leave out the signature of a cleartext message
  const { packets } = 'packets' in read ? read : (read as unknown as { readonly signature: Message<string> }).signature
  const found = packets.filterByTag(enums.packet.signature, enums.packet.onePassSignature)
  const { issuerFingerprint } = (found[0] ?? {}) as { readonly issuerFingerprint?: unknown }
  return issuerFingerprint instanceof Uint8Array ? bytesToHex(issuerFingerprint) : undefined
}

export interface PastedCertificate {
  readonly certificate: Certificate
  readonly userIds: readonly string[]
}

/** What is stored of a certificate: strangers' signatures and photos can be any number. */
const MAX_KEPT_BYTES = 16 * 1024
const MAX_USERS = 64

/**
 * A certificate to which something can be sealed, without what others added to it.
 * @throws AppError `malformed`, `too-large`, or `untrusted` when nothing can be sealed to it.
 */
export const readPastedCertificate = async (block: string): Promise<PastedCertificate> => {
  const bare = await guard('malformed', 'not a certificate', async () => {
    const key = await readKey({ armoredKey: block })
    if (key.users.length + key.subkeys.length > MAX_USERS) throw new AppError('too-large', 'certificate')
    for (const user of key.users) user.otherCertifications = []
    key.users = key.users.filter(({ userID }) => userID !== null)
    if (key.write().length > MAX_KEPT_BYTES) throw new AppError('too-large', 'certificate')
    return key.armor()
  })
  const certificate = await readArmouredCertificate(bare)
  await guard('untrusted', 'nothing can be sealed to this certificate', () =>
    certificate.key.getEncryptionKey(undefined, NO_DATE)
  )
  return { certificate, userIds: certificate.key.getUserIDs().slice(0, 4) }
}
