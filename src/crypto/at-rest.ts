/**
 * Sealing what lies on disk. A row opens only at its place: its table, its key and the schema it was written for are
 * authenticated beside it, so nobody with the disk can swap rows or put old shapes in. An older row of the same place
 * can be put back unnoticed: that needs a counter outside the disk, which a browser does not have.
 */
import { gcm } from '@noble/ciphers/aes.js'
import { concat, utf8 } from '../base/bytes.ts'
import { AppError, assert } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { AES_NONCE_BYTES, AES_TAG_BYTES, openAes } from './aes.ts'
import { DOMAINS } from './domains.ts'
import { hmac, inDomain } from './hash.ts'
import type { AtRestKeys } from './keyring.ts'

export interface RowPlace {
  readonly table: string
  /** The primary key as text; of a compound key, a spelling that no other has. */
  readonly key: string
  /** The schema version of the table. */
  readonly schema: number
}

/** EN5: what is stored begins with it. */
const ROW_VERSION = 1
const HEAD_BYTES = 1 + AES_NONCE_BYTES

/** Most texts are shorter: on disk they all look alike. */
const SMALLEST_PADDED = 128

/** Version, nonce, ciphertext. Nonces are random: safe for 2^32 rows under one key, a hundred years of busy chats. */
export const sealRow = (
  { secrets }: AtRestKeys,
  place: RowPlace,
  plain: Uint8Array,
  random: Random
): Uint8Array<ArrayBuffer> => {
  const nonce = random.bytes(AES_NONCE_BYTES)
  const sealed = gcm(secrets.rows, nonce, besideRow(place)).encrypt(pad(plain))
  return concat(Uint8Array.of(ROW_VERSION), nonce, sealed)
}

/**
 * @throws AppError `malformed` for what never was a row, `needs-newer` for a row of a newer app, `untrusted` for a row
 * of another place or key, or a changed one.
 */
export const openRow = async (
  keys: AtRestKeys,
  place: RowPlace,
  stored: Uint8Array
): Promise<Uint8Array<ArrayBuffer>> => {
  const nonce = nonceOf(place, stored)
  return unpad(await openAes(keys.rows, { nonce, beside: besideRow(place) }, stored.subarray(HEAD_BYTES)))
}

/** The same, inside a transaction. */
export const openRowNow = ({ secrets }: AtRestKeys, place: RowPlace, stored: Uint8Array): Uint8Array => {
  const nonce = nonceOf(place, stored)
  try {
    return unpad(gcm(secrets.rows, nonce, besideRow(place)).decrypt(stored.subarray(HEAD_BYTES)))
  } catch (cause) {
    throw new AppError('untrusted', `${place.table}: another row, or changed since`, { cause })
  }
}

const nonceOf = (place: RowPlace, stored: Uint8Array): Uint8Array => {
  const [version = 0] = stored
  if (version === 0 || stored.length < HEAD_BYTES + SMALLEST_PADDED + AES_TAG_BYTES) {
    throw new AppError('malformed', `${place.table}: not a sealed row`)
  }
  if (version > ROW_VERSION) throw new AppError('needs-newer', `${place.table}: a row of version ${version}`)
  return stored.subarray(1, HEAD_BYTES)
}

/** What stands in an index instead of `value`: equal for equal values of one index, meaningless without the key. */
export const keyedId = ({ secrets }: AtRestKeys, index: string, value: Uint8Array): Uint8Array =>
  hmac(secrets.index, inDomain(DOMAINS.restIndex, named(index), value)).subarray(0, 16)

/** Length first, so that no two pairs of texts run together. */
const named = (text: string): Uint8Array => {
  const data = utf8(text)
  assert(data.length <= 0xff, 'names of tables and indexes are short')
  return concat(Uint8Array.of(data.length), data)
}

const besideRow = ({ table, key, schema }: RowPlace): Uint8Array => {
  const number = new DataView(new ArrayBuffer(4))
  number.setUint32(0, schema)
  return inDomain(DOMAINS.restPlace, Uint8Array.of(ROW_VERSION), new Uint8Array(number.buffer), named(table), utf8(key))
}

/**
 * A one-byte mark and zeros, up to 128 bytes or the next length of Padmé (PURBs, 2019): at most 12 % more, and of a
 * length only its magnitude and first few bits are seen. Pages of history are padded the same way, once a page.
 */
const pad = (plain: Uint8Array): Uint8Array => {
  const padded = new Uint8Array(paddedSize(plain.length + 1))
  padded.set(plain)
  padded[plain.length] = 0x80
  return padded
}

const paddedSize = (size: number): number => {
  if (size <= SMALLEST_PADDED) return SMALLEST_PADDED
  const magnitude = Math.floor(Math.log2(size))
  const step = 2 ** (magnitude - Math.floor(Math.log2(magnitude)) - 1)
  return Math.ceil(size / step) * step
}

const unpad = <Bytes extends Uint8Array>(padded: Bytes): Bytes => {
  const mark = padded.lastIndexOf(0x80)
  // authenticated before: only a bug of ours comes here
  assert(mark >= 0, 'a row ends with its mark')
  return padded.subarray(0, mark) as Bytes
}
