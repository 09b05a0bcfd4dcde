/**
 * ID4: which root keys speak for a did. The chain starts at the did's own key; each generation's Ed25519 root signed, when
 * it was made, the hash of the roots that may follow. The relay checks chains too: Ed25519 only, no OpenPGP here.
 */
import { concat } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { Rotation } from '../wire/rotation.ts'
import { DOMAINS } from './domains.ts'
import { signEd25519, verifyEd25519 } from './ed25519.ts'
import { hashIn, sha256 } from './hash.ts'

/** Names a pair of root keys; what invites, documents and promises carry. */
export const rootsHash = (root: Uint8Array, mlDsaHash: Uint8Array): Uint8Array => hashIn(DOMAINS.roots, root, mlDsaHash)

export const rootsHashOfKeys = (root: Uint8Array, mlDsaKey: Uint8Array): Uint8Array => rootsHash(root, sha256(mlDsaKey))

export const uint16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff)

const promiseBytes = (didKey: Uint8Array, generation: number, roots: Uint8Array): Uint8Array =>
  concat(didKey, uint16(generation), roots)

/** Made together with a generation and kept: later, the old root may be gone. */
export const signPromise = (options: {
  readonly didKey: Uint8Array
  /** The generation that is promised. */
  readonly generation: number
  readonly nextRoots: Uint8Array
  readonly rootSeed: Uint8Array
}): Uint8Array =>
  signEd25519(DOMAINS.rotation, promiseBytes(options.didKey, options.generation, options.nextRoots), options.rootSeed)

/** The Ed25519 root in force after all rotations. @throws AppError `untrusted` when the chain breaks. */
export const rootInForce = (didKey: Uint8Array, chain: readonly Rotation[]): Uint8Array => {
  let root = didKey
  for (const [index, step] of chain.entries()) {
    const promised = promiseBytes(didKey, index + 1, rootsHash(step.root, step.mlDsaHash))
    if (!verifyEd25519(DOMAINS.rotation, promised, step.promise, root)) {
      throw new AppError('untrusted', `rotation ${index + 1} was not promised by the root before`)
    }
    root = step.root
  }
  return root
}

const vouchBytes = (didKey: Uint8Array, generation: number, headKey: Uint8Array): Uint8Array =>
  concat(didKey, uint16(generation), headKey)

/** ID3a: the one root-signed line that lets the head key speak. */
export const signVouch = (options: {
  readonly didKey: Uint8Array
  readonly generation: number
  readonly headKey: Uint8Array
  readonly rootSeed: Uint8Array
}): Uint8Array =>
  signEd25519(DOMAINS.vouch, vouchBytes(options.didKey, options.generation, options.headKey), options.rootSeed)

export const isVouched = (
  root: Uint8Array,
  line: {
    readonly didKey: Uint8Array
    readonly generation: number
    readonly headKey: Uint8Array
    readonly vouch: Uint8Array
  }
): boolean => verifyEd25519(DOMAINS.vouch, vouchBytes(line.didKey, line.generation, line.headKey), line.vouch, root)
