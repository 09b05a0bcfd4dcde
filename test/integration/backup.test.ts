/** DV5: a file at its full cost, opened by a script made only from docs/protocol/backup.md. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { decode } from 'cborg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { concat, utf8 } from '../../src/base/bytes.ts'
import { systemRandom } from '../../src/base/random.ts'
import { type Part, readBackup, writeBackup } from '../../src/crypto/backup.ts'
import { createWorld } from '../cast.ts'

const SCRIPT = 'test/integration/backup-script.mjs'
const PASSPHRASE = 'très long Café'
const PARTS: readonly Part[] = [
  { section: 'roots', data: utf8('root secrets') },
  { section: 'documents', data: utf8('{}') },
  { section: 'contacts', data: utf8('bob') },
  { section: 'settings', data: new Uint8Array() },
  ...Array.from({ length: 5 }, (_, n): Part => ({ section: 'history', data: new Uint8Array(300_000).fill(n) }))
]

const folder = mkdtempSync(path.join(tmpdir(), 'cryptochat-backup-'))
const at = path.join(folder, 'me.backup')
let file: Uint8Array

beforeAll(async () => {
  const pieces: Uint8Array[] = []
  for await (const piece of writeBackup({ passphrase: PASSPHRASE, parts: PARTS, made: 1e12, random: systemRandom })) {
    pieces.push(piece)
  }
  file = concat(...pieces)
  writeFileSync(at, file)
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a script made from the documentation reads every part', () => {
  const lines = execFileSync(process.execPath, [SCRIPT, at, PASSPHRASE.normalize('NFD')], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024
  })
  const said = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  const meant = PARTS.map(({ section, data }) => ({ section, data: Buffer.from(data).toString('base64') }))
  expect(said).toEqual([...meant, { end: true }])
})

const run = (...args: string[]): string => spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' }).stderr

test('the script refuses a wrong passphrase and a cut file', () => {
  const cut = path.join(folder, 'cut.backup')
  writeFileSync(cut, file.subarray(0, file.length - 20))
  expect(run(at, 'wrong')).toContain('wrong passphrase')
  expect(run(cut, PASSPHRASE)).toContain('the file is cut short')
})

test('the app reads its own file at full cost', async () => {
  const parts: Part[] = []
  for await (const part of readBackup({ passphrase: PASSPHRASE, source: [file] })) parts.push(part)
  expect(parts).toEqual(PARTS)
})

/** What docs/protocol/backup.md says of items, and nothing else. */
const read = (data: Uint8Array): Map<number, unknown> => decode(data, { useMaps: true }) as Map<number, unknown>

test('a script made from the documentation reads what was said from a backup that the app made', async () => {
  const world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  const chat = await world.pair(alice, bob)
  await alice.write(bob, 'the kettle is on')
  await world.pass(60_000)
  await bob.write(alice, 'two sugars')
  await world.pass(60_000)
  const pieces: Uint8Array[] = []
  const id = await alice.messenger.startBackup(PASSPHRASE)
  for (;;) {
    const piece = await alice.messenger.nextBackupPart(id)
    if (piece === null) break
    pieces.push(piece)
  }
  await world.stop()
  const made = path.join(folder, 'alice.backup')
  writeFileSync(made, concat(...pieces))

  const printed = execFileSync(process.execPath, [SCRIPT, made, PASSPHRASE], { encoding: 'utf8' }).trim().split('\n')
  const parts = printed.map((line) => JSON.parse(line) as { section?: string; data?: string; end?: true })
  expect(parts.at(-1)).toEqual({ end: true })
  const items = parts.slice(0, -1).flatMap(({ section, data }) =>
    (read(Buffer.from(data ?? '', 'base64')).get(1) as Map<number, unknown>[]).map((item) => ({
      section,
      kind: item.get(1),
      said: read(item.get(2) as Uint8Array)
    }))
  )
  expect(new Set(items.map(({ section, kind }) => `${section} ${String(kind)}`))).toEqual(
    new Set([
      'roots account',
      'documents document',
      'contacts contact',
      'contacts invite',
      'settings settings',
      'history chat',
      'history event'
    ])
  )
  expect(items.find(({ kind }) => kind === 'account')?.said.get(12)).toBe('Alice')
  expect(items.find(({ kind }) => kind === 'contact')?.said.get(5)).toBe('Bob')
  const events = items.filter(({ kind }) => kind === 'event').map(({ said }) => read(said.get(1) as Uint8Array))
  const texts = events.flatMap((event) => {
    const header = read(event.get(1) as Uint8Array)
    const isOfChat = Buffer.from(header.get(1) as Uint8Array).toString('base64url') === chat
    return isOfChat && header.get(9) === 'message' ? [read(event.get(3) as Uint8Array).get(1)] : []
  })
  expect(texts).toEqual(['the kettle is on', 'two sugars'])
})
