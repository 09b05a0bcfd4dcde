/**
 * ID6: a device belongs to an account when the account's OpenPGP root signed its binding and the account's document lists
 * its slot. Whoever is shown a binding can check both; the document alone tells nobody who the devices are.
 */
import { bytesToHex, sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { binding, bindingBody, type BindingBody, MAX_BINDING_MS } from '../wire/binding.ts'
import { type DeviceId, deviceIdFromKey } from './device-id.ts'
import { type Did, didFromKey } from './did.ts'
import { deviceSlot, type VerifiedDocument } from './document.ts'
import { DOMAINS } from './domains.ts'
import { isSoundPoint } from './ed25519.ts'
import { inDomain } from './hash.ts'
import { isSignedByRoot, type SecretCertificate, signByRoot, type SubkeyUse } from './pgp-keys.ts'

export interface VerifiedBinding {
  readonly bytes: Uint8Array
  readonly did: Did
  readonly device: DeviceId
  readonly deviceKey: Uint8Array
  /** Fingerprint of the OpenPGP subkey with which it signs what it seals. */
  readonly signing: Uint8Array
  /** Fingerprints of its encryption subkeys, the preferred one first. */
  readonly encryption: readonly Uint8Array[]
  readonly expires: number
}

export const makeBinding = async (
  body: Omit<BindingBody, 'version'>,
  root: SecretCertificate
): Promise<Uint8Array<ArrayBuffer>> => {
  const bytes = bindingBody.encode({ ...body, version: 1 })
  return binding.encode({
    version: 1,
    body: bytes,
    signature: await signByRoot(root, inDomain(DOMAINS.binding, bytes), body.issued)
  })
}

const checkKeys = (said: BindingBody, document: VerifiedDocument): void => {
  const useOf = (fingerprint: Uint8Array): SubkeyUse | undefined =>
    document.certificate.subkeys.find((subkey) => sameBytes(subkey.fingerprint, fingerprint))?.use
  if (useOf(said.signing) !== 'ed25519') throw new AppError('untrusted', 'the certificate lacks the signing subkey')
  for (const fingerprint of said.encryption) {
    const use = useOf(fingerprint)
    if (use === undefined || use === 'ed25519')
      throw new AppError('untrusted', 'the certificate lacks an encryption subkey')
  }
}

/** @throws AppError `malformed`, `too-large`, `needs-newer` or `untrusted`. `now` is the corrected clock (CL1). */
export const verifyBinding = async (
  bytes: Uint8Array,
  document: VerifiedDocument,
  now: number
): Promise<VerifiedBinding> => {
  const { body, signature } = binding.decode(bytes)
  const said = bindingBody.decode(body)
  if (said.expires - said.issued > MAX_BINDING_MS) throw new AppError('malformed', 'bound for too long')
  if (!isSoundPoint(said.device)) throw new AppError('malformed', 'unsound device key')
  if (!sameBytes(said.didKey, document.didKey)) throw new AppError('untrusted', 'a binding of another account')
  if (said.generation !== document.place.generation) throw new AppError('untrusted', 'a binding of another generation')
  if (said.expires <= now) throw new AppError('untrusted', 'the binding is expired')
  const slot = deviceSlot(said.salt, said.device)
  if (!document.devices.some((known) => sameBytes(known, slot))) {
    throw new AppError('untrusted', `the document does not list ${bytesToHex(slot).slice(0, 8)}`)
  }
  checkKeys(said, document)
  if (!(await isSignedByRoot(document.certificate, inDomain(DOMAINS.binding, body), signature))) {
    throw new AppError('untrusted', 'binding signature')
  }
  return {
    bytes,
    did: document.did,
    device: deviceIdFromKey(said.device),
    deviceKey: said.device,
    signing: said.signing,
    encryption: said.encryption,
    expires: said.expires
  }
}

/** What a binding says, of a device that no document lists any more: believed only where it was verified before. */
export const bindingParts = (bytes: Uint8Array): Pick<VerifiedBinding, 'did' | 'device' | 'signing' | 'expires'> => {
  const { didKey, device, signing, expires } = bindingBody.decode(binding.decode(bytes).body)
  return { did: didFromKey(didKey), device: deviceIdFromKey(device), signing, expires }
}

/**
 * A binding by the account's root of a device that its newest document does not list (any more): enough to read what that
 * device wrote, never to send it anything. @throws AppError `malformed`, `needs-newer` or `untrusted`.
 */
export const verifyFormerBinding = async (
  bytes: Uint8Array,
  document: VerifiedDocument
): Promise<Pick<VerifiedBinding, 'bytes' | 'did' | 'device' | 'expires'>> => {
  const { body, signature } = binding.decode(bytes)
  const said = bindingBody.decode(body)
  if (!isSoundPoint(said.device)) throw new AppError('malformed', 'unsound device key')
  if (!sameBytes(said.didKey, document.didKey)) throw new AppError('untrusted', 'a binding of another account')
  if (!(await isSignedByRoot(document.certificate, inDomain(DOMAINS.binding, body), signature))) {
    throw new AppError('untrusted', 'binding signature')
  }
  return { bytes, did: document.did, device: deviceIdFromKey(said.device), expires: said.expires }
}
