/**
 * ID8: OpenPGP as other programs know it: armoured keys and texts, and a version 4 key for GnuPG. Not on any hot path.
 */
import { concat, sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { DOMAINS } from './domains.ts'
import { ed25519PublicKey, signEd25519, verifyEd25519 } from './ed25519.ts'
import { type Certificate, dateFor, describe, findKey, keyDate, type SecretCertificate } from './pgp-keys.ts'
import {
  config,
  createMessage,
  decrypt,
  decryptKey,
  encrypt,
  encryptKey,
  enums,
  generateKey,
  guard,
  NO_DATE,
  type PublicKey,
  readKey,
  readMessage,
  readPrivateKey,
  SignaturePacket,
  V6
} from './pgp.ts'

export const armourCertificate = ({ key }: Certificate): string => key.armor()

/** Argon2id (64 MiB, three passes) and AEAD protect each secret part. */
export const armourSecret = async ({ key }: SecretCertificate, passphrase: string): Promise<string> =>
  await guard('internal', 'the key could not be locked', async () => {
    const locked = await encryptKey({ privateKey: key, passphrase, config: { ...V6, s2kType: enums.s2k.argon2 } })
    return locked.armor()
  })

/** @throws AppError `untrusted` for a wrong passphrase, `malformed` for anything that is no locked key. */
export const unlockArmoured = async (armoured: string, passphrase: string): Promise<Uint8Array> => {
  const locked = await guard('malformed', 'not a secret key', () => readPrivateKey({ armoredKey: armoured }))
  const open = await guard('untrusted', 'wrong passphrase', () => decryptKey({ privateKey: locked, passphrase }))
  return open.write()
}

/** What people paste: certificates with photos and many signatures are large, but not this large. */
export const MAX_ARMOUR_CHARS = 256 * 1024

/** Version 4 and 6, with weak algorithms refused by the library. @throws AppError `malformed`, `too-large` or `untrusted`. */
export const readArmouredCertificate = async (armoured: string): Promise<Certificate> => {
  if (armoured.length > MAX_ARMOUR_CHARS) throw new AppError('too-large', 'certificate')
  const certificate = await guard('malformed', 'not an armoured certificate', async () => {
    const key = await readKey({ armoredKey: armoured })
    const publicKey = key.isPrivate() ? key.toPublic() : key
    return describe(publicKey.write(), publicKey)
  })
  await guard('untrusted', 'its self-signature does not hold', () => certificate.key.verifyPrimaryKey(NO_DATE))
  return certificate
}

/** Where a version 4 certificate names its root. GnuPG refuses certificates that hold a version 6 signature. */
const ROOT_NOTATION = 'root@cryptochat.invalid'

/** What the root signs: the version 4 primary key packet, its creation date included. */
const keyBytes = (key: PublicKey): Uint8Array<ArrayBuffer> => key.toPublic().keyPacket.write()

/** What the library's types leave out: it signs more than bytes, and needs its configuration. */
interface LowLevel {
  sign(key: unknown, data: unknown, date: Date, isDetached: boolean, settings: typeof config): Promise<void>
}

/**
 * A version 4 key that GnuPG reads, cross-certified: its self-signature carries a notation with the root's key and the
 * root's Ed25519 signature over the version 4 key.
 */
export const generateGnupgKey = async (userId: string, rootSeed: Uint8Array, now: number): Promise<Uint8Array> =>
  await guard('internal', 'no version 4 key', async () => {
    const { privateKey } = await generateKey({
      type: 'ecc',
      curve: 'curve25519Legacy',
      userIDs: [{ name: userId }],
      date: keyDate(now),
      format: 'object',
      config: { v6Keys: false, aeadProtect: false }
    })
    const [user] = privateKey.users
    const [made] = user?.selfCertifications ?? []
    if (user === undefined || made === undefined) throw new AppError('internal', 'a key without self-signature')
    const value = concat(ed25519PublicKey(rootSeed), signEd25519(DOMAINS.gnupg, keyBytes(privateKey), rootSeed))
    const packet = new SignaturePacket()
    packet.signatureType = made.signatureType
    packet.publicKeyAlgorithm = made.publicKeyAlgorithm
    packet.hashAlgorithm = made.hashAlgorithm
    packet.keyFlags = made.keyFlags
    packet.features = made.features
    packet.isPrimaryUserID = true
    packet.preferredSymmetricAlgorithms = made.preferredSymmetricAlgorithms
    packet.preferredHashAlgorithms = made.preferredHashAlgorithms
    packet.preferredCompressionAlgorithms = made.preferredCompressionAlgorithms
    packet.rawNotations = [{ name: ROOT_NOTATION, value, humanReadable: false, critical: false }]
    const data = { userID: user.userID, key: privateKey.keyPacket }
    await (packet as unknown as LowLevel).sign(privateKey.keyPacket, data, keyDate(now), false, config)
    user.selfCertifications = [packet]
    return privateKey.write()
  })

/** Whether a version 4 certificate says, and this root says too, that they belong together. */
export const isCertifiedByRoot = (rootKey: Uint8Array, { key }: Certificate): boolean =>
  key.users
    .flatMap((user) => user.selfCertifications)
    .flatMap((packet) => packet.rawNotations)
    .filter(
      ({ name, value }) => name === ROOT_NOTATION && value.length === 96 && sameBytes(value.subarray(0, 32), rootKey)
    )
    .some(({ value }) => verifyEd25519(DOMAINS.gnupg, keyBytes(key), value.subarray(32), rootKey))

export const sealText = async (options: {
  readonly text: string
  readonly to: Certificate
  readonly signer: SecretCertificate
  readonly now: number
}): Promise<string> =>
  await guard('untrusted', 'nothing can be sealed to this certificate', async () => {
    const { to, signer } = options
    return (await encrypt({
      message: await createMessage({ text: options.text }),
      encryptionKeys: to.key,
      signingKeys: signer.key,
      date: dateFor(options.now, [to, signer.certificate]),
      format: 'armored',
      config: { aeadProtect: to.version === 6 }
    })) as string
  })

/** To every device of an account: the post-quantum subkeys where there are any (ID1), else all others. */
export const sealTextToDevices = async (options: {
  readonly text: string
  readonly to: Certificate
  readonly signer: SecretCertificate
  readonly now: number
}): Promise<string> =>
  await guard('untrusted', 'nothing can be sealed to this account', async () => {
    const { to, signer } = options
    const of = (use: string): readonly Uint8Array[] =>
      to.subkeys.filter((one) => one.use === use).map(({ fingerprint }) => fingerprint)
    const chosen = of('pqc').length > 0 ? of('pqc') : of('x25519')
    if (chosen.length === 0) throw new AppError('untrusted', 'the certificate has no encryption subkey')
    return (await encrypt({
      message: await createMessage({ text: options.text }),
      encryptionKeys: chosen.map(() => to.key),
      encryptionKeyIDs: chosen.map((fingerprint) => findKey(to.key, fingerprint).getKeyID()),
      signingKeys: signer.key,
      date: dateFor(options.now, [to, signer.certificate]),
      format: 'armored',
      config: V6
    })) as string
  })

/** `unknown`: signed by a key we were not given. @throws AppError `malformed`, `too-large` or `undecryptable`. */
export const openText = async (
  armoured: string,
  secrets: readonly SecretCertificate[],
  from?: Certificate
): Promise<{ readonly text: string; readonly signature: 'valid' | 'invalid' | 'unknown' | 'none' }> => {
  if (armoured.length > MAX_ARMOUR_CHARS) throw new AppError('too-large', 'armoured text')
  const message = await guard('malformed', 'not an armoured message', () => readMessage({ armoredMessage: armoured }))
  const decryptionKeys = secrets.map(({ key }) => key)
  const { data, signatures } = await guard('undecryptable', 'not for us, or altered', () =>
    decrypt({
      message,
      decryptionKeys,
      format: 'utf8',
      date: NO_DATE,
      ...(from === undefined ? {} : { verificationKeys: from.key })
    })
  )
  const [only, ...more] = signatures
  if (only === undefined) return { text: data, signature: 'none' }
  if (from === undefined || more.length > 0 || from.key.getKeys(only.keyID).length === 0)
    return { text: data, signature: 'unknown' }
  const isValid = await only.verified.catch(() => false)
  return { text: data, signature: isValid ? 'valid' : 'invalid' }
}
