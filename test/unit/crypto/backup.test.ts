/** DV5: `.backup` files open whole or not at all. */
import { expect, test } from 'vitest'
import { concat, sameBytes, utf8 } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { BACKUP_MAGIC, type Part, readBackup, writeBackup } from '../../../src/crypto/backup.ts'
import { sha256 } from '../../../src/crypto/hash.ts'
import { backupHead } from '../../../src/wire/backup.ts'
import { CHEAP, CHEAP_BOUNDS } from './costs.ts'

const random = seededRandom(33)
const PARTS: readonly Part[] = [
  { section: 'roots', data: utf8('secret of the root') },
  { section: 'contacts', data: utf8('bob') },
  { section: 'contacts', data: new Uint8Array() },
  { section: 'history', data: new Uint8Array(1000).fill(7) }
]

const collect = async <T>(from: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const one of from) all.push(one)
  return all
}
const write = async (parts: readonly Part[] = PARTS, passphrase = 'correct horse'): Promise<Uint8Array> =>
  concat(...(await collect(writeBackup({ passphrase, parts, made: 1e12, random, cost: CHEAP, bounds: CHEAP_BOUNDS }))))
const read = (file: Uint8Array, passphrase = 'correct horse'): Promise<Part[]> =>
  collect(readBackup({ passphrase, source: [file], bounds: CHEAP_BOUNDS }))

/** Where each piece of a file starts, after magic and digest. */
const piecesOf = (file: Uint8Array): { readonly head: Uint8Array; readonly parts: Uint8Array[] } => {
  const at = (offset: number): number => 4 + new DataView(file.buffer, file.byteOffset + offset, 4).getUint32(0)
  const headEnd = 16 + at(16) + 32
  const parts: Uint8Array[] = []
  for (let from = headEnd; from < file.length; from += at(from)) parts.push(file.subarray(from, from + at(from)))
  return { head: file.subarray(0, headEnd), parts }
}

test('what was written is read, in whatever pieces the file comes', async () => {
  const file = await write()
  expect(await read(file)).toEqual(PARTS)
  const bytewise = Array.from(file, (byte) => Uint8Array.of(byte))
  expect(await collect(readBackup({ passphrase: 'correct horse', source: bytewise, bounds: CHEAP_BOUNDS }))).toEqual(
    PARTS
  )
  expect(await read(await write([]))).toEqual([])
})

test('writing and reading hold one part at a time', async () => {
  let asked = 0
  const many = function* (): Generator<Part> {
    for (; asked < 20; asked++) yield { section: 'history', data: new Uint8Array(100_000).fill(asked) }
  }
  const file: Uint8Array[] = []
  for await (const piece of writeBackup({
    passphrase: 'x',
    parts: many(),
    made: 1,
    random,
    cost: CHEAP,
    bounds: CHEAP_BOUNDS
  })) {
    file.push(piece)
    expect(piece.length).toBeLessThan(101_000)
    expect(asked).toBeGreaterThanOrEqual(file.length - 2)
    expect(asked).toBeLessThanOrEqual(file.length)
  }
  let opened = 0
  for await (const { data } of readBackup({ passphrase: 'x', source: file, bounds: CHEAP_BOUNDS })) {
    expect(data[0]).toBe(opened)
    opened += 1
  }
  expect(opened).toBe(20)
})

test('a wrong passphrase is told from a damaged file', async () => {
  const file = await write()
  await expect(read(file, 'wrong')).rejects.toMatchObject({ code: 'untrusted', message: 'backup: wrong passphrase' })
  const damaged = Uint8Array.from(file)
  damaged[30]! ^= 1
  await expect(read(damaged)).rejects.toMatchObject({ code: 'malformed' })
})

test('a file with any byte changed is refused', async () => {
  const file = await write()
  for (let at = 0; at < file.length; at += at < 200 ? 1 : 23) {
    const changed = Uint8Array.from(file)
    changed[at]! ^= 0x01
    const error: unknown = await read(changed).catch((cause: unknown) => cause)
    expect(['malformed', 'untrusted'], `at ${at}`).toContain((error as { code?: string }).code)
  }
})

test('a file cut anywhere is refused, between parts too', async () => {
  const file = await write()
  for (let size = 0; size < file.length; size += 11) {
    await expect(read(file.subarray(0, size)), `cut at ${size}`).rejects.toMatchObject({ code: 'malformed' })
  }
  const { head, parts } = piecesOf(file)
  for (let kept = 0; kept < parts.length; kept++) {
    await expect(read(concat(head, ...parts.slice(0, kept)))).rejects.toMatchObject({ code: 'malformed' })
  }
})

test('parts that are missing, doubled, swapped, of another file or after the end are refused', async () => {
  const { head, parts } = piecesOf(await write())
  const foreign = piecesOf(await write()).parts
  const [one, two, three, four, end] = parts as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array]
  const untrusted = { code: 'untrusted' }
  for (const bad of [
    [two, three, four, end],
    [one, one, two, three, four, end],
    [one, three, two, four, end],
    [one, two, three, end],
    [one, two, three, foreign[3]!, end],
    [one, two, three, four, foreign[4]!]
  ]) {
    await expect(read(concat(head, ...bad))).rejects.toMatchObject(untrusted)
  }
  for (const more of [Uint8Array.of(0), end]) {
    await expect(read(concat(head, ...parts, more))).rejects.toMatchObject({ code: 'malformed' })
  }
})

test('sections keep their order, and no part is too large', async () => {
  await expect(write([PARTS[1]!, PARTS[0]!])).rejects.toMatchObject({ code: 'malformed' })
  await expect(write([{ section: 'history', data: new Uint8Array(1024 * 1024 + 1) }])).rejects.toMatchObject({
    code: 'malformed'
  })
})

test('a cost outside the bounds is refused before any work', async () => {
  const untrusted = { code: 'untrusted' }
  const cheap = await write()
  await expect(collect(readBackup({ passphrase: 'x', source: [cheap] }))).rejects.toMatchObject(untrusted)
  const half = { passphrase: 'x', parts: [], made: 1, random, cost: { memoryKiB: 131_072, passes: 3, lanes: 1 } }
  await expect(collect(writeBackup(half))).rejects.toMatchObject(untrusted)
  const cost = { memoryKiB: 0xffff_ffff, passes: 3, lanes: 1 }
  const head = backupHead.encode({ version: 1, salt: random.bytes(32), cost, made: 1, check: random.bytes(16) })
  const bomb = concat(BACKUP_MAGIC, Uint8Array.of(0, 0, 0, head.length), head, sha256(head))
  await expect(collect(readBackup({ passphrase: 'x', source: [bomb] }))).rejects.toMatchObject(untrusted)
})

test('no plain text of a part is in the file, and two files of the same parts differ', async () => {
  const [a, b] = [await write(), await write()]
  expect(Buffer.from(a).includes('secret of the root')).toBe(false)
  expect(sameBytes(a, b)).toBe(false)
})
