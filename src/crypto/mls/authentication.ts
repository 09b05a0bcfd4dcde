/**
 * ML1: MLS asks us who may stand behind a signature key. A credential is the ID6 binding of a device, and the device's own key
 * is the one that signs. It is good when any known document of its account lists it: a commit that comes late may add a
 * device that was dropped since. Which of them are members is the roster's to say, not ours.
 */
import { bytesToHex, sameBytes } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { binding, bindingBody } from '../../wire/binding.ts'
import { type VerifiedBinding, verifyBinding } from '../binding.ts'
import { deviceIdFromKey } from '../device-id.ts'
import { type Did, didFromKey } from '../did.ts'
import { deviceSlot, type VerifiedDocument } from '../document.ts'
import { sha256 } from '../hash.ts'
import type { SessionMember } from '../suite.ts'

/** Documents of an account that are still good for something, newest first. */
export type DocumentsOf = (did: Did) => Promise<readonly VerifiedDocument[]>

export interface Authentication {
  /**
   * Whether `credential` binds `signatureKey` at the time `at`. @throws AppError `not-ready` when no document of the account is
   * here that lists the device: it may come.
   */
  check(credential: Uint8Array, signatureKey: Uint8Array, at: number): Promise<boolean>
}

/** An OpenPGP signature each; two groups of the largest kind. */
const MAX_CACHED = 2048

interface Named extends SessionMember {
  readonly didKey: Uint8Array
}
/** A tree's credentials are read again and again, and stay the same objects. */
const named = new WeakMap<Uint8Array, Named>()

/** Whom a credential names. @throws AppError `malformed`. Nothing is verified. */
export const readCredential = (credential: Uint8Array): Named => {
  const known = named.get(credential)
  if (known !== undefined) return known
  const { didKey, device } = bindingBody.decode(binding.decode(credential).body)
  const fresh = { did: didFromKey(didKey), device: deviceIdFromKey(device), didKey }
  named.set(credential, fresh)
  return fresh
}

/** Not that a signature does not hold: that we know too little to say so. */
const isUnknown = (credential: Uint8Array, documents: readonly VerifiedDocument[]): boolean => {
  const { didKey, salt, device } = bindingBody.decode(binding.decode(credential).body)
  const slot = deviceSlot(salt, device)
  return documents.every(
    (document) => sameBytes(document.didKey, didKey) && !document.devices.some((known) => sameBytes(known, slot))
  )
}

export const createAuthentication = (documentsOf: DocumentsOf): Authentication => {
  /** Good ones only: a document that is missing today may come tomorrow. */
  const cache = new Map<string, VerifiedBinding>()
  const remember = (key: string, verified: VerifiedBinding): VerifiedBinding => {
    const [oldest] = cache.keys()
    if (cache.size >= MAX_CACHED && oldest !== undefined) cache.delete(oldest)
    cache.set(key, verified)
    return verified
  }
  const verify = async (
    credential: Uint8Array,
    document: VerifiedDocument,
    at: number
  ): Promise<VerifiedBinding | undefined> => {
    const key = bytesToHex(sha256(credential)) + bytesToHex(document.hash)
    const known = cache.get(key)
    if (known !== undefined) return known
    try {
      return remember(key, await verifyBinding(credential, document, at))
    } catch (error) {
      if (error instanceof AppError && error.code !== 'internal') return undefined // not by this document
      throw error
    }
  }
  return {
    check: async (credential, signatureKey, at) => {
      let did: Did
      try {
        did = readCredential(credential).did
      } catch {
        return false // no binding at all
      }
      const documents = await documentsOf(did)
      for (const document of documents) {
        const verified = await verify(credential, document, at)
        if (verified !== undefined && verified.expires > at) return sameBytes(verified.deviceKey, signatureKey)
      }
      if (!isUnknown(credential, documents)) return false
      throw new AppError('not-ready', 'no document of the account lists this device')
    }
  }
}
