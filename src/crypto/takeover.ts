/**
 * DV5: an account without its device, as a backup keeps it, and the same account on another one. The new device gets a
 * document that lists it alone, keys of its own and a new head key; nothing that the old device holds works any more but
 * the roots themselves, which only a rotation takes from a thief (ID4).
 */
import { bytesToHex, sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { MAX_BINDING_MS } from '../wire/binding.ts'
import type { Rotation } from '../wire/rotation.ts'
import { type AccountSecrets, SUITES } from './account.ts'
import { makeBinding } from './binding.ts'
import { type DeviceId, deviceIdFromKey } from './device-id.ts'
import { deviceSlot, makeDocument, mlDsaPublicKey, type VerifiedDocument } from './document.ts'
import { ed25519PublicKey } from './ed25519.ts'
import { sha256 } from './hash.ts'
import { readSecret, withNewSubkeys, withoutSubkeys } from './pgp-keys.ts'
import { rootsHashOfKeys, signVouch } from './roots.ts'

/** What makes an account, without anything that belongs to a device. */
export interface AccountRoots {
  readonly didKey: Uint8Array
  readonly madeAt: number
  readonly rotations: readonly Rotation[]
  /** OpenPGP transferable secret key, binary, of the primary key alone. */
  readonly rootKey: Uint8Array
  readonly mlDsaSeed: Uint8Array
  readonly nextRootSeed: Uint8Array
  readonly nextMlDsaSeed: Uint8Array
  readonly nextPromise: Uint8Array
  readonly gnupg?: Uint8Array
  /** Devices that the account has had, the last one first. */
  readonly devices: readonly DeviceId[]
}

/** Devices of long ago have nothing left that is not receipted. */
const MAX_FORMER = 16

export const toRoots = async (account: AccountSecrets): Promise<AccountRoots> => {
  const { didKey, madeAt, rotations, mlDsaSeed, nextRootSeed, nextMlDsaSeed, nextPromise, gnupg } = account
  return {
    didKey,
    madeAt,
    rotations,
    rootKey: await withoutSubkeys(account.secretKey),
    mlDsaSeed,
    nextRootSeed,
    nextMlDsaSeed,
    nextPromise,
    ...(gnupg && { gnupg }),
    devices: [account.device.id, ...(account.former ?? [])].slice(0, MAX_FORMER)
  }
}

/**
 * The account on this device, with the document that follows `newest`.
 * @throws AppError `untrusted` when these roots are not the ones in force there, `malformed` when they are none.
 */
export const takeOver = async (
  roots: AccountRoots,
  {
    newest,
    deviceSeed,
    random,
    now
  }: {
    readonly newest: VerifiedDocument
    readonly deviceSeed: Uint8Array
    readonly random: Random
    readonly now: number
  }
): Promise<AccountSecrets> => {
  const { didKey, mlDsaSeed, rotations } = roots
  const { secretKey, rootSeed } = await withNewSubkeys(roots.rootKey, now)
  const rootsHash = rootsHashOfKeys(ed25519PublicKey(rootSeed), mlDsaPublicKey(mlDsaSeed))
  const isOurs = sameBytes(didKey, newest.didKey) && sameBytes(rootsHash, newest.roots)
  if (!isOurs) throw new AppError('untrusted', 'the account has other root keys now')

  const secret = await readSecret(secretKey)
  const { bytes: certificate, fingerprint, subkeys } = secret.certificate
  if (newest.fingerprint !== bytesToHex(fingerprint)) throw new AppError('untrusted', 'another primary key')
  const ofUse = (use: string): readonly Uint8Array[] =>
    subkeys.filter((subkey) => subkey.use === use).map((subkey) => subkey.fingerprint)
  const [signing = new Uint8Array()] = ofUse('ed25519')
  const encryption = [...ofUse('pqc'), ...ofUse('x25519')]

  const { generation, seq } = newest.place
  const place = { generation, seq: seq + 1 }
  const [headSeed, salt] = [random.bytes(32), random.bytes(32)]
  const headKey = ed25519PublicKey(headSeed)
  const deviceKey = ed25519PublicKey(deviceSeed)
  const id = deviceIdFromKey(deviceKey)
  const bindingExpires = now + MAX_BINDING_MS
  const document = makeDocument(
    {
      didKey,
      place,
      previous: newest.hash,
      issued: now,
      certificate,
      nextRoots: newest.nextRoots,
      headKey,
      suites: SUITES,
      devices: [deviceSlot(salt, deviceKey)],
      rotations,
      rootSeed,
      mlDsaSeed
    },
    random
  )
  const binding = await makeBinding(
    { didKey, generation, device: deviceKey, signing, encryption, salt, issued: now, expires: bindingExpires },
    secret
  )
  return {
    version: 1,
    did: newest.did,
    didKey,
    madeAt: roots.madeAt,
    place,
    rotations,
    roots: rootsHash,
    fingerprint,
    certificate,
    document,
    documentHash: sha256(document),
    vouch: signVouch({ didKey, generation, headKey, rootSeed }),
    secretKey,
    rootSeed,
    mlDsaSeed,
    headSeed,
    nextRootSeed: roots.nextRootSeed,
    nextMlDsaSeed: roots.nextMlDsaSeed,
    nextPromise: roots.nextPromise,
    device: { id, key: deviceKey, seed: deviceSeed, salt, signing, encryption, binding, bindingExpires },
    ...(roots.gnupg && { gnupg: roots.gnupg }),
    former: roots.devices.filter((one) => one !== id)
  }
}
