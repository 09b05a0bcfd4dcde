/**
 * DV5: writing and reading `.backup` files, part by part, so that no history is too long for memory. The format is
 * docs/protocol/backup.md. Parts are opaque bytes of the caller; ratchet state is never among them. Every part is
 * authentic when it comes out, but only the end proves that none is missing: act on them after the reader has ended.
 */
import { concat, sameBytes, utf8 } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { wipeSecret } from '../base/secret.ts'
import { backupHead, backupPart, SECTIONS, type BackupPart, type Section } from '../wire/backup.ts'
import { AES_NONCE_BYTES, AES_TAG_BYTES, importAesKey, openAes, sealAes } from './aes.ts'
import { DOMAINS } from './domains.ts'
import { equalSecrets, hkdf, inDomain, sha256 } from './hash.ts'
import { BACKUP_BOUNDS, BACKUP_COST, stretchPassphrase, type Argon2Cost, type CostBounds } from './passphrase.ts'

export const BACKUP_MAGIC = utf8('CryptoChatBackup')
const DIGEST_BYTES = 32

export type Part = Omit<BackupPart, 'version'>

/** The bytes of a file, in pieces to be written one after the other. Parts come in the order of `SECTIONS`. */
export async function* writeBackup(options: {
  readonly passphrase: string
  readonly parts: AsyncIterable<Part> | Iterable<Part>
  readonly made: number
  readonly random: Random
  /** For tests only. */
  readonly cost?: Argon2Cost
  readonly bounds?: CostBounds
}): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const { passphrase, made, cost = BACKUP_COST, bounds = BACKUP_BOUNDS } = options
  const salt = options.random.bytes(32)
  const { key, check } = await deriveKey({ passphrase, salt, cost, bounds })
  const head = backupHead.encode({ version: 1, salt, cost, made, check })
  yield concat(BACKUP_MAGIC, sized(head), sha256(head))

  const inOrder = orderKeeper()
  let number = 0
  for await (const part of options.parts) {
    inOrder(part.section)
    const plain = backupPart.encode({ version: 1, ...part })
    yield sized(await sealAes(key, placeOf(head, number, false), plain))
    number += 1
  }
  yield sized(await sealAes(key, placeOf(head, number, true), new Uint8Array()))
}

/**
 * `source` gives the file in pieces of any size.
 * @throws AppError `malformed` for what is no backup, is damaged at its head, or cut; `needs-newer`; `untrusted` for a
 * wrong passphrase (its message says so), a cost outside the bounds, or a changed part.
 */
export async function* readBackup(options: {
  readonly passphrase: string
  readonly source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  readonly bounds?: CostBounds
}): AsyncGenerator<Part, void> {
  const { passphrase, bounds = BACKUP_BOUNDS } = options
  const file = reader(options.source)
  if (!sameBytes(await file.take(BACKUP_MAGIC.length), BACKUP_MAGIC)) refuse('not a CryptoChat backup')
  const head = await file.takeSized(backupHead.max)
  if (!sameBytes(await file.take(DIGEST_BYTES), sha256(head))) refuse('the head is damaged')
  const { salt, cost, check } = backupHead.decode(head)
  const derived = await deriveKey({ passphrase, salt, cost, bounds })
  if (!equalSecrets(derived.check, check)) throw new AppError('untrusted', 'backup: wrong passphrase')

  const inOrder = orderKeeper()
  for (let number = 0; ; number++) {
    const sealed = await file.takeSized(backupPart.max + AES_TAG_BYTES)
    // the end is the one part without content, so its length tells it before it is opened
    const isEnd = sealed.length === AES_TAG_BYTES
    const plain = await openAes(derived.key, placeOf(head, number, isEnd), sealed)
    if (isEnd) break
    const { section, data } = backupPart.decode(plain)
    inOrder(section)
    yield { section, data }
  }
  if (await file.hasMore()) refuse('something follows the end')
}

const refuse = (why: string): never => {
  throw new AppError('malformed', `backup: ${why}`)
}

const deriveKey = async (
  options: Parameters<typeof stretchPassphrase>[0]
): Promise<{ readonly key: CryptoKey; readonly check: Uint8Array }> => {
  const stretched = await stretchPassphrase(options)
  const raw = hkdf(stretched, DOMAINS.backupKey, 32)
  const check = hkdf(stretched, DOMAINS.backupCheck, 16)
  try {
    return { key: await importAesKey(raw), check }
  } finally {
    wipeSecret([stretched, raw])
  }
}

/** Every file has its own key (its salt), so a number is nonce enough; the last byte marks the end. */
const placeOf = (head: Uint8Array, number: number, isEnd: boolean): { nonce: Uint8Array; beside: Uint8Array } => {
  const nonce = new DataView(new ArrayBuffer(AES_NONCE_BYTES))
  nonce.setUint32(AES_NONCE_BYTES - 5, number)
  nonce.setUint8(AES_NONCE_BYTES - 1, isEnd ? 1 : 0)
  return { nonce: new Uint8Array(nonce.buffer), beside: inDomain(DOMAINS.backupPart, head) }
}

const sized = (data: Uint8Array): Uint8Array<ArrayBuffer> => {
  const size = new DataView(new ArrayBuffer(4))
  size.setUint32(0, data.length)
  return concat(new Uint8Array(size.buffer), data)
}

const orderKeeper = (): ((section: Section) => void) => {
  let last = 0
  return (section) => {
    const at = SECTIONS.indexOf(section)
    if (at < last) refuse(`${section} after a later section`)
    last = at
  }
}

interface Reader {
  take(size: number): Promise<Uint8Array>
  takeSized(max: number): Promise<Uint8Array>
  hasMore(): Promise<boolean>
}

const reader = (source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Reader => {
  const pieces = (async function* () {
    yield* source
  })()
  let held: Uint8Array[] = []
  let size = 0
  /** Joined only when there is enough, or many small pieces would be copied again and again. */
  const fill = async (wanted: number): Promise<boolean> => {
    while (size < wanted) {
      const next = await pieces.next()
      if (next.done === true) return false
      held.push(next.value)
      size += next.value.length
    }
    return true
  }
  const take = async (wanted: number): Promise<Uint8Array> => {
    if (!(await fill(wanted))) return refuse('the file is cut short')
    const all = held.length === 1 ? (held[0] ?? new Uint8Array()) : concat(...held)
    held = [all.subarray(wanted)]
    size -= wanted
    return all.subarray(0, wanted)
  }
  return {
    take,
    takeSized: async (max) => {
      const four = await take(4)
      const length = new DataView(four.buffer, four.byteOffset, 4).getUint32(0)
      if (length > max) return refuse(`a piece of ${length} bytes`)
      return take(length)
    },
    hasMore: () => fill(1)
  }
}
