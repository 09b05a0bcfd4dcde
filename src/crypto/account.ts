/**
 * ID1: making an account and its first device. What comes out is plain data for the store: every secret of the account is
 * in it, so it is kept under the device's own lock and never logged, sent or shown.
 */
import type { Random } from '../base/random.ts'
import { MAX_BINDING_MS } from '../wire/binding.ts'
import type { Place } from '../wire/place.ts'
import type { Rotation } from '../wire/rotation.ts'
import { makeBinding } from './binding.ts'
import { type DeviceId, deviceIdFromKey } from './device-id.ts'
import { type Did, didFromKey } from './did.ts'
import { deviceSlot, makeDocument, mlDsaPublicKey, verifyDocument } from './document.ts'
import { ed25519PublicKey } from './ed25519.ts'
import { sha256 } from './hash.ts'
import { makeHead } from './head.ts'
import { generateAccountKey, readSecret } from './pgp-keys.ts'
import { rootsHashOfKeys, signPromise, signVouch } from './roots.ts'

export interface DeviceSecrets {
  readonly id: DeviceId
  readonly key: Uint8Array
  readonly seed: Uint8Array
  readonly salt: Uint8Array
  /** Fingerprints of its OpenPGP subkeys in the account's certificate. */
  readonly signing: Uint8Array
  readonly encryption: readonly Uint8Array[]
  readonly binding: Uint8Array
  readonly bindingExpires: number
}

/** Serialisable as it is (structured clone). Public parts are in it, so that nobody needs to parse keys to read them. */
export interface AccountSecrets {
  readonly version: 1
  readonly did: Did
  readonly didKey: Uint8Array
  readonly madeAt: number
  readonly place: Place
  readonly rotations: readonly Rotation[]
  /** Hash of the root keys in force; for invites and safety numbers. */
  readonly roots: Uint8Array
  /** OpenPGP v6 fingerprint, 32 bytes. */
  readonly fingerprint: Uint8Array
  readonly certificate: Uint8Array
  /** The newest own document, as published. */
  readonly document: Uint8Array
  readonly documentHash: Uint8Array
  readonly vouch: Uint8Array

  /** OpenPGP transferable secret key, binary, no passphrase. */
  readonly secretKey: Uint8Array
  readonly rootSeed: Uint8Array
  readonly mlDsaSeed: Uint8Array
  readonly headSeed: Uint8Array
  /** ID4, ID9: the next root; belongs into the recovery file only, once there is one. */
  readonly nextRootSeed: Uint8Array
  readonly nextMlDsaSeed: Uint8Array
  readonly nextPromise: Uint8Array
  readonly device: DeviceSecrets
  /** ID8: secret key of the GnuPG-readable certificate, once it was asked for. */
  readonly gnupg?: Uint8Array
  /** DV5: devices that this account had before it was restored here; their events stay ours (ID6). */
  readonly former?: readonly DeviceId[]
}

/** What this build speaks, best first. */
export const SUITES = ['mls-xwing', 'mls-x25519', 'pgp-v6'] as const

export const makeAccount = async ({
  random,
  now,
  deviceSeed
}: {
  readonly random: Random
  readonly now: number
  /** The device exists before its account: it is the libp2p identity. */
  readonly deviceSeed: Uint8Array
}): Promise<AccountSecrets> => {
  const { secretKey, rootSeed } = await generateAccountKey(now)
  const secret = await readSecret(secretKey)
  const { bytes: certificate, fingerprint, subkeys } = secret.certificate
  const byUse = (use: string): readonly Uint8Array[] =>
    subkeys.filter((subkey) => subkey.use === use).map((subkey) => subkey.fingerprint)
  const [signing = new Uint8Array()] = byUse('ed25519')
  const encryption = [...byUse('pqc'), ...byUse('x25519')]

  const didKey = ed25519PublicKey(rootSeed)
  const [mlDsaSeed, headSeed, nextRootSeed, nextMlDsaSeed, salt] = Array.from({ length: 5 }, () =>
    random.bytes(32)
  ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array]
  const headKey = ed25519PublicKey(headSeed)
  const nextRoots = rootsHashOfKeys(ed25519PublicKey(nextRootSeed), mlDsaPublicKey(nextMlDsaSeed))
  const deviceKey = ed25519PublicKey(deviceSeed)
  const place = { generation: 0, seq: 0 }
  const bindingExpires = now + MAX_BINDING_MS

  const document = makeDocument(
    {
      didKey,
      place,
      issued: now,
      certificate,
      nextRoots,
      headKey,
      suites: SUITES,
      devices: [deviceSlot(salt, deviceKey)],
      rotations: [],
      rootSeed,
      mlDsaSeed
    },
    random
  )
  const binding = await makeBinding(
    { didKey, generation: 0, device: deviceKey, signing, encryption, salt, issued: now, expires: bindingExpires },
    secret
  )
  return {
    version: 1,
    did: didFromKey(didKey),
    didKey,
    madeAt: now,
    place,
    rotations: [],
    roots: rootsHashOfKeys(didKey, mlDsaPublicKey(mlDsaSeed)),
    fingerprint,
    certificate,
    document,
    documentHash: sha256(document),
    vouch: signVouch({ didKey, generation: 0, headKey, rootSeed }),
    secretKey,
    rootSeed,
    mlDsaSeed,
    headSeed,
    nextRootSeed,
    nextMlDsaSeed,
    nextPromise: signPromise({ didKey, generation: 1, nextRoots, rootSeed }),
    device: {
      id: deviceIdFromKey(deviceKey),
      key: deviceKey,
      seed: deviceSeed,
      salt,
      signing,
      encryption,
      binding,
      bindingExpires
    }
  }
}

/**
 * SU1: the same account with a document that lists all that this build speaks, one place further on, else the very object.
 * An account that an earlier build made listed less, and others go by the document.
 */
export const announceSuites = async (account: AccountSecrets, random: Random, now: number): Promise<AccountSecrets> => {
  const { document: before, device, didKey, certificate, rootSeed, mlDsaSeed, rotations } = account
  const newest = await verifyDocument(before)
  if (SUITES.every((suite) => newest.suites.includes(suite))) return account
  const place = { generation: newest.place.generation, seq: newest.place.seq + 1 }
  const document = makeDocument(
    {
      didKey,
      place,
      previous: newest.hash,
      issued: Math.max(now, newest.issued),
      certificate,
      nextRoots: newest.nextRoots,
      headKey: newest.headKey,
      suites: SUITES,
      devices: [deviceSlot(device.salt, device.key)],
      rotations,
      rootSeed,
      mlDsaSeed
    },
    random
  )
  return { ...account, place, document, documentHash: sha256(document) }
}

/** ML1, ID6: renewed this long before it ends. */
const RENEW_BINDING_MS = 30 * 24 * 3600 * 1000

/** The same account with a fresh binding when the old one ends soon, else the very object. Contacts must be given it. */
export const renewBinding = async (account: AccountSecrets, now: number): Promise<AccountSecrets> => {
  const { device, didKey, place } = account
  if (device.bindingExpires - now > RENEW_BINDING_MS) return account
  const { key, signing, encryption, salt } = device
  const bindingExpires = now + MAX_BINDING_MS
  const binding = await makeBinding(
    {
      didKey,
      generation: place.generation,
      device: key,
      signing,
      encryption,
      salt,
      issued: now,
      expires: bindingExpires
    },
    await readSecret(account.secretKey)
  )
  return { ...account, device: { ...device, binding, bindingExpires } }
}

/** ID3a: the head of the newest document; made anew whenever the homes change, and in time before it is stale. */
export const makeOwnHead = (
  account: AccountSecrets,
  homes: readonly string[],
  now: number
): Uint8Array<ArrayBuffer> => {
  const { didKey, place, documentHash, rotations, headSeed, vouch } = account
  return makeHead({ didKey, place, documentHash, rotations, homes, headSeed, vouch, issued: now })
}
