/** Documents and heads of the cast as a test wants them: signed with their real roots, whatever they say. */
import { bytesToBase64url, bytesToHex } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { AccountSecrets } from '../../src/crypto/account.ts'
import { deviceSlot, makeDocument, mlDsaPublicKey } from '../../src/crypto/document.ts'
import { ed25519PublicKey } from '../../src/crypto/ed25519.ts'
import { sha256 } from '../../src/crypto/hash.ts'
import { makeHead } from '../../src/crypto/head.ts'
import { generateAccountKey } from '../../src/crypto/pgp-keys.ts'
import { rootsHashOfKeys, signPromise, signVouch } from '../../src/crypto/roots.ts'
import type { Person, World } from '../cast.ts'
import { HOME } from '../sim/network.ts'

export interface Records {
  readonly head: Uint8Array
  readonly document: Uint8Array
  readonly hash: Uint8Array
}

export interface Roots {
  readonly certificate: Uint8Array
  readonly rootSeed: Uint8Array
  readonly mlDsaSeed: Uint8Array
}

export const newRoots = async (now: number, salt: number): Promise<Roots> => {
  const { certificate, rootSeed } = await generateAccountKey(now)
  return { certificate, rootSeed, mlDsaSeed: new Uint8Array(32).fill(salt) }
}

export const hashOfRoots = ({ rootSeed, mlDsaSeed }: Pick<Roots, 'rootSeed' | 'mlDsaSeed'>): Uint8Array =>
  rootsHashOfKeys(ed25519PublicKey(rootSeed), mlDsaPublicKey(mlDsaSeed))

/** Of generation 0, or of generation 1 with `roots`. */
export const makeRecords = (
  secrets: AccountSecrets,
  options: {
    readonly seq: number
    readonly previous?: Uint8Array
    readonly issued: number
    readonly salt?: number
    readonly nextRoots?: Uint8Array
    readonly roots?: Roots
    /** Slots; the device of the cast when absent. */
    readonly devices?: readonly Uint8Array[]
  }
): Records => {
  const { didKey, headSeed, device } = secrets
  const { seq, issued, roots, salt = 1 } = options
  const generation = roots === undefined ? 0 : 1
  const { certificate, rootSeed, mlDsaSeed } = roots ?? secrets
  const promised = hashOfRoots({ rootSeed: secrets.nextRootSeed, mlDsaSeed: secrets.nextMlDsaSeed })
  const rotations =
    roots === undefined
      ? []
      : [
          {
            root: ed25519PublicKey(rootSeed),
            mlDsaHash: sha256(mlDsaPublicKey(mlDsaSeed)),
            promise: signPromise({
              didKey,
              generation: 1,
              nextRoots: hashOfRoots(roots),
              rootSeed: secrets.rootSeed
            })
          }
        ]
  const headKey = ed25519PublicKey(headSeed)
  const place = { generation, seq }
  const document = makeDocument(
    {
      didKey,
      place,
      ...(options.previous && { previous: options.previous }),
      issued,
      certificate,
      nextRoots: options.nextRoots ?? (roots === undefined ? promised : new Uint8Array(32).fill(6)),
      headKey,
      suites: ['pgp-v6'],
      devices: options.devices ?? [deviceSlot(device.salt, device.key)],
      rotations,
      rootSeed,
      mlDsaSeed
    },
    seededRandom(salt)
  )
  const hash = sha256(document)
  const vouch = signVouch({ didKey, generation, headKey, rootSeed })
  const head = makeHead({ didKey, place, documentHash: hash, rotations, homes: [HOME], headSeed, vouch, issued })
  return { head, document, hash }
}

/** What the homes answer about somebody from now on. */
export const serve = (world: World, person: Person, ...records: readonly Records[]): void => {
  const { heads, documents } = world.network.records
  heads.set(
    person.did,
    records.map(({ head }) => head)
  )
  for (const { hash, document } of records) documents.set(bytesToHex(hash), document)
}

/** As if `person` had always been known with this document. */
export const pinTo = async (knower: Person, person: Person, { document, hash }: Records): Promise<void> => {
  const { db } = knower
  await db.write(['contacts', 'documents'], async () => {
    await db.tables.documents.put({ hash: bytesToBase64url(hash), did: person.did, bytes: document })
    const contact = await db.tables.contacts.get(person.did)
    await db.tables.contacts.put({ ...contact!, documentHash: hash })
  })
}
