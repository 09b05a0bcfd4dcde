/**
 * DH2: what our DHT keeps, and the check that every put must pass. A head lies under the hash of its account's key and is
 * verified like everywhere else; a lower place than ever seen is refused, also after a restart (the pins are the
 * directory's). A fingerprint leads to its account by arithmetic alone: the record is the public key packet's preimage.
 */
import type { SelectFn, ValidateFn } from '@libp2p/kad-dht'
import { bytesToHex, concat, sameBytes, utf8 } from '../src/base/bytes.ts'
import { AppError } from '../src/base/errors.ts'
import { compareHeads, inboxId, verifyHead } from '../src/crypto/head.ts'
import type { VerifiedHead } from '../src/crypto/head.ts'
import { rootFingerprint } from './fingerprint.ts'
import type { RateLimit, Refusals } from './limits.ts'
import type { DirectoryStore, StoredHead } from '../src/p2p/protocols/directory/store.ts'

export const DHT_PROTOCOL = '/cryptochat/kad/1'

/** Keys are split on `/` and read as UTF-8, so ids are hex. */
export const headRecordKey = (didKey: Uint8Array): Uint8Array => utf8(`/head/${bytesToHex(inboxId(didKey))}`)
export const fingerprintRecordKey = (fingerprint: Uint8Array): Uint8Array => utf8(`/fp/${bytesToHex(fingerprint)}`)

/** Value of a fingerprint record: 4 bytes when the key was made, 32 bytes Ed25519 key. */
export const fingerprintRecord = (created: number, didKey: Uint8Array): Uint8Array => {
  const at = new Uint8Array(4)
  new DataView(at.buffer).setUint32(0, created)
  return concat(at, didKey)
}

export const verifiedToStored = (head: VerifiedHead): StoredHead => ({
  didKey: head.didKey,
  generation: head.place.generation,
  seq: head.place.seq,
  documentHash: head.documentHash,
  issued: head.issued,
  freshUntil: head.freshUntil,
  hash: head.hash,
  bytes: head.bytes
})

export interface DhtRecords {
  readonly validators: Readonly<Record<string, ValidateFn>>
  readonly selectors: Readonly<Record<string, SelectFn>>
}

export const createDhtRecords = ({
  store,
  rate,
  refusals
}: {
  readonly store: Pick<DirectoryStore, 'pinHead'>
  /** Checking costs two signatures: a bound for everybody together. */
  readonly rate: RateLimit
  readonly refusals: Refusals
}): DhtRecords => {
  const counted =
    (check: ValidateFn): ValidateFn =>
    async (key, value) => {
      if (!rate.take('dht')) {
        refusals.count('dht-rate')
        throw new AppError('quota', 'too many records at once')
      }
      try {
        await check(key, value)
      } catch (error) {
        refusals.count('dht-record')
        throw error
      }
    }

  const checkHead: ValidateFn = async (key, value) => {
    const head = verifyHead(value)
    if (!sameBytes(key, headRecordKey(head.didKey))) throw new AppError('untrusted', 'a head under a foreign key')
    if ((await store.pinHead(verifiedToStored(head))) !== 'ok') throw new AppError('conflict', 'a newer head was seen')
  }

  return {
    validators: { head: counted(checkHead), fp: counted(checkFingerprint) },
    selectors: { head: newestHead, fp: () => 0 }
  }
}

const checkFingerprint: ValidateFn = async (key, value) => {
  if (value.length !== 36) throw new AppError('malformed', 'not a fingerprint record')
  const created = new DataView(value.buffer, value.byteOffset).getUint32(0)
  const fingerprint = rootFingerprint(created, value.subarray(4))
  if (!sameBytes(key, fingerprintRecordKey(fingerprint)))
    throw new AppError('untrusted', 'another key has that fingerprint')
  await Promise.resolve()
}

const newestHead: SelectFn = (_key, records) => {
  const heads = records
    .map((bytes, index) => ({ index, head: tryVerify(bytes) }))
    .filter(({ head }) => head !== undefined)
  const newest = heads.toSorted((a, b) =>
    a.head === undefined || b.head === undefined ? 0 : compareHeads(a.head, b.head)
  )
  return newest.at(-1)?.index ?? 0
}

const tryVerify = (bytes: Uint8Array): VerifiedHead | undefined => {
  try {
    return verifyHead(bytes)
  } catch {
    return undefined // a bad answer among good ones
  }
}
