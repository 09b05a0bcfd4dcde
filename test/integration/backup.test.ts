/** DV5: a file at its full cost, opened by a script made only from docs/protocol/backup.md. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { concat, utf8 } from '../../src/base/bytes.ts'
import { systemRandom } from '../../src/base/random.ts'
import { type Part, readBackup, writeBackup } from '../../src/crypto/backup.ts'

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
