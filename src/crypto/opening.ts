/**
 * Sealing and opening the way into a session (wire/opening.ts): one OpenPGP message, signed by the sending device and sealed to
 * one device. Who sent it is proven against the document that it names; whether they may take us in is the messenger's to know.
 */
import { concat, sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { opening, type Opening } from '../wire/opening.ts'
import type { AccountSecrets } from './account.ts'
import { type VerifiedBinding, verifyBinding } from './binding.ts'
import { keyFromDeviceId } from './device-id.ts'
import { type Did, didFromKey, keyFromDid } from './did.ts'
import type { VerifiedDocument } from './document.ts'
import { DOMAINS } from './domains.ts'
import { inDomain, sha256 } from './hash.ts'
import { readCertificate, readSecret } from './pgp-keys.ts'
import { openMessage, sealMessage } from './pgp-message.ts'
import type { Member } from './suite.ts'

/** Clocks differ; beyond a day the order of two pleas would mean nothing. */
const MAX_AHEAD_MS = 24 * 3600 * 1000
/** MB4: nothing waits longer. */
const MAX_AGE_MS = 31 * 24 * 3600 * 1000

export type OpeningParts = Pick<Opening, 'conversation' | 'session' | 'welcome' | 'tree' | 'keyPackage' | 'log'>

/** ID1: the post-quantum subkey where the device has one. */
const subkeyOf = async (recipient: Member) => {
  const certificate = await readCertificate(recipient.certificate)
  const isPqc = (wanted: Uint8Array): boolean =>
    certificate.subkeys.some(({ use, fingerprint }) => use === 'pqc' && sameBytes(fingerprint, wanted))
  const subkey = recipient.encryption.find(isPqc) ?? recipient.encryption[0]
  if (subkey === undefined) throw new AppError('untrusted', 'a device without encryption subkey')
  return { certificate, subkey }
}

export const sealOpening = async (options: {
  readonly account: AccountSecrets
  readonly recipient: Member
  readonly parts: OpeningParts
  readonly now: number
}): Promise<Uint8Array> => {
  const { account, recipient, parts, now } = options
  const plaintext = opening.encode({
    ...parts,
    version: 1,
    recipient: keyFromDid(recipient.did),
    device: keyFromDeviceId(recipient.device),
    sender: account.didKey,
    place: account.place,
    documentHash: account.documentHash,
    binding: account.device.binding,
    issued: now
  })
  return await sealMessage({
    plaintext: concat(inDomain(DOMAINS.opening), plaintext),
    signer: await readSecret(account.secretKey),
    signingSubkey: account.device.signing,
    recipients: [await subkeyOf(recipient)],
    now
  })
}

export interface OpenedOpening {
  readonly said: Opening
  readonly sender: Did
  /** A second one is known by it. */
  readonly hash: Uint8Array
  /** The device that signed, by the sender's document. Once. @throws AppError `untrusted`. */
  prove(document: VerifiedDocument): Promise<VerifiedBinding>
}

/** @throws AppError `malformed`, `too-large`, `needs-newer`, `undecryptable` or `untrusted`. */
export const openOpening = async (
  sealed: Uint8Array,
  account: Pick<AccountSecrets, 'didKey' | 'secretKey' | 'device'>,
  now: number
): Promise<OpenedOpening> => {
  const opened = await openMessage(sealed, await readSecret(account.secretKey))
  const prefix = inDomain(DOMAINS.opening)
  if (!sameBytes(opened.plaintext.subarray(0, prefix.length), prefix)) throw new AppError('untrusted', 'not an opening')
  const plaintext = opened.plaintext.subarray(prefix.length)
  const said = opening.decode(plaintext)
  if (!sameBytes(said.recipient, account.didKey) || !sameBytes(said.device, account.device.key)) {
    throw new AppError('untrusted', 'for somebody else')
  }
  if (said.issued < now - MAX_AGE_MS) throw new AppError('untrusted', 'too old')
  if (said.issued > now + MAX_AHEAD_MS) throw new AppError('untrusted', 'from the future')
  return {
    said,
    sender: didFromKey(said.sender),
    hash: sha256(plaintext),
    prove: async (document) => {
      if (!sameBytes(document.didKey, said.sender)) throw new AppError('untrusted', 'document of somebody else')
      const binding = await verifyBinding(said.binding, document, now)
      const { certificate } = document
      const signer = await opened.whoSigned([{ certificate, subkey: binding.signing, binding }])
      if (signer === undefined) throw new AppError('untrusted', 'not signed by the device that it names')
      return binding
    }
  }
}
