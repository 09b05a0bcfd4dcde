/**
 * ID8: the account as files other OpenPGP programs read, and texts for people who only have those. GnuPG knows no version
 * 6 keys, so it gets a version 4 key of its own, certified by the root; the root itself is never written in version 4.
 */
import { AppError } from '../base/errors.ts'
import type { AccountSecrets } from './account.ts'
import {
  armourCertificate,
  armourSecret,
  generateGnupgKey,
  isCertifiedByRoot,
  openText,
  readArmouredCertificate,
  sealText,
  unlockArmoured
} from './pgp-armour.ts'
import { type Certificate, readCertificate, readSecret } from './pgp-keys.ts'

/** The file may lie around for years: Argon2 slows guessing, length is what stops it. */
export const MIN_PASSPHRASE_CHARS = 10

export const exportCertificate = async ({ certificate }: Pick<AccountSecrets, 'certificate'>): Promise<string> =>
  armourCertificate(await readCertificate(certificate))

/** @throws AppError `malformed` when the passphrase is too short. */
export const exportSecretKey = async (
  { secretKey }: Pick<AccountSecrets, 'secretKey'>,
  passphrase: string
): Promise<string> => {
  if (passphrase.length < MIN_PASSPHRASE_CHARS) {
    throw new AppError('malformed', `a passphrase has at least ${MIN_PASSPHRASE_CHARS} characters`)
  }
  return await armourSecret(await readSecret(secretKey), passphrase)
}

/** The inverse, for a later import and for tests: the transferable secret key, unlocked. */
export const importSecretKey = unlockArmoured

/**
 * The certificate for GnuPG, and the secret key behind it: `gnupg` is to be kept as `AccountSecrets.gnupg`, or everybody
 * who got the certificate writes to a key that nobody has.
 */
export const exportGnupg = async (
  account: Pick<AccountSecrets, 'did' | 'rootSeed' | 'gnupg'>,
  now: number
): Promise<{ readonly armoured: string; readonly gnupg: Uint8Array }> => {
  const gnupg = account.gnupg ?? (await generateGnupgKey(account.did, account.rootSeed, now))
  return { armoured: armourCertificate((await readSecret(gnupg)).certificate), gnupg }
}

/** The public half of `AccountSecrets.gnupg`, binary: small enough to ride in a profile. */
export const gnupgCertificate = async ({ gnupg }: Pick<AccountSecrets, 'gnupg'>): Promise<Uint8Array | undefined> =>
  gnupg === undefined ? undefined : (await readSecret(gnupg)).certificate.bytes

/** Whether a certificate for GnuPG is really of the account with this Ed25519 root. @throws AppError as reading it does. */
export const isGnupgOf = async (armoured: string, rootKey: Uint8Array): Promise<boolean> =>
  isCertifiedByRoot(rootKey, await readArmouredCertificate(armoured))

/**
 * Signed and sealed to a pasted certificate of any program. To version 4 certificates our version 4 key signs, because
 * their programs could not check the other. @throws AppError `not-ready` when that key was not made yet.
 */
export const armouredTextFor = async (options: {
  readonly text: string
  readonly certificate: string
  readonly account: Pick<AccountSecrets, 'secretKey' | 'gnupg'>
  readonly now: number
}): Promise<string> => {
  const { text, account, now } = options
  const to = await readArmouredCertificate(options.certificate)
  const secret = to.version === 6 ? account.secretKey : account.gnupg
  if (secret === undefined) throw new AppError('not-ready', 'the GnuPG-readable key was not made yet')
  return await sealText({ text, to, signer: await readSecret(secret), now })
}

/** Opens what somebody sealed to either of our certificates; `certificate` is whose signature is expected. */
export const openArmouredText = async (options: {
  readonly armoured: string
  readonly account: Pick<AccountSecrets, 'secretKey' | 'gnupg'>
  readonly certificate?: string
}): Promise<{ readonly text: string; readonly signature: 'valid' | 'invalid' | 'unknown' | 'none' }> => {
  const { secretKey, gnupg } = options.account
  const secrets = await Promise.all([secretKey, ...(gnupg === undefined ? [] : [gnupg])].map(readSecret))
  const from: Certificate | undefined =
    options.certificate === undefined ? undefined : await readArmouredCertificate(options.certificate)
  return await openText(options.armoured, secrets, from)
}
