/**
 * ID8 with the real GnuPG: it reads our version 4 certificate, we open what it seals and signs, and it opens ours.
 * A home directory of its own; its agent is told to go when the test ends.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytesToHex } from '../../src/base/bytes.ts'
import { systemClock } from '../../src/base/clock.ts'
import { systemRandom as random } from '../../src/base/random.ts'
import { type AccountSecrets, makeAccount } from '../../src/crypto/account.ts'
import { armouredTextFor, exportCertificate, exportGnupg, openArmouredText } from '../../src/crypto/export.ts'
import { isDebianRoot } from '../../scripts/ensure-tools.ts'
import { readArmouredCertificate } from '../../src/crypto/pgp-armour.ts'

const hasGpg = ((): boolean => {
  try {
    execFileSync('gpg', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    // not installed: on Debian the install script puts it there, elsewhere the tests say that they are skipped
    return false
  }
})()
if (!hasGpg && !isDebianRoot) process.stdout.write('skipped: GnuPG interop (no gpg on PATH)\n')

const MAIL = 'gnu@example.org'
// Now, because gpg looks at the real clock and refuses what is from tomorrow.
const now = systemClock.now()

describe.skipIf(!hasGpg && !isDebianRoot)('ID8 with GnuPG', () => {
  const home = mkdtempSync(join(tmpdir(), 'gnupg-'))
  const gpg = (args: readonly string[], input = ''): string =>
    execFileSync(
      'gpg',
      [
        '--homedir',
        home,
        '--batch',
        '--yes',
        '--trust-model',
        'always',
        '--pinentry-mode',
        'loopback',
        '--passphrase',
        '',
        ...args
      ],
      { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }
    )
  let alice: AccountSecrets
  let certificate: string
  let theirs: string

  beforeAll(async () => {
    const account = await makeAccount({ random, now, deviceSeed: random.bytes(32) })
    const exported = await exportGnupg(account, now)
    alice = { ...account, gnupg: exported.gnupg }
    certificate = exported.armoured
    writeFileSync(join(home, 'alice.asc'), certificate)
    gpg(['--import', join(home, 'alice.asc')])
    gpg(['--quick-gen-key', MAIL, 'future-default', 'default', 'never'])
    theirs = gpg(['--armor', '--export', MAIL])
  })
  afterAll(() => {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'], { stdio: 'ignore' })
    rmSync(home, { recursive: true, force: true })
  })

  test('gpg lists our certificate under the did, with the fingerprint we show', async () => {
    const listed = gpg(['--with-colons', '--list-keys', alice.did])
    const { fingerprint } = await readArmouredCertificate(certificate)
    expect(listed).toContain(`fpr:::::::::${bytesToHex(fingerprint).toUpperCase()}:`)
    // colons are escaped in this format
    expect(listed).toContain(alice.did.replaceAll(':', '\\x3a'))
  })

  test('what gpg signs and seals to us we open, and we know who signed', async () => {
    const armoured = gpg(['--armor', '--sign', '--encrypt', '-u', MAIL, '-r', alice.did], 'see you at six ✓')
    expect(await openArmouredText({ armoured, account: alice, certificate: theirs })).toEqual({
      text: 'see you at six ✓',
      signature: 'valid'
    })
    const unsigned = gpg(['--armor', '--encrypt', '-r', alice.did], 'anonymous')
    expect(await openArmouredText({ armoured: unsigned, account: alice })).toEqual({
      text: 'anonymous',
      signature: 'none'
    })
  })

  test('what we sign and seal gpg opens and verifies', async () => {
    const armoured = await armouredTextFor({ text: 'héllo\nworld', certificate: theirs, account: alice, now })
    const said = gpg(['--decrypt', '--status-fd', '1'], armoured)
    expect(said).toContain('héllo\nworld')
    expect(said).toMatch(/GOODSIG [0-9A-F]{16} did:key:/)
    expect(said).toContain('DECRYPTION_OKAY')
  })

  test('gpg notices when our text was changed', async () => {
    const armoured = await armouredTextFor({ text: 'see you at six', certificate: theirs, account: alice, now })
    const lines = armoured.split('\n')
    const middle = Math.floor(lines.length / 2)
    lines[middle] = (lines[middle] ?? '').replace(/^(.)/, (first) => (first === 'A' ? 'B' : 'A'))
    expect(() => gpg(['--decrypt'], lines.join('\n'))).toThrow()
  })

  test('our version 6 certificate is what GnuPG cannot read: hence the other one', async () => {
    const v6 = await exportCertificate(alice)
    expect(() => gpg(['--import'], v6)).toThrow()
  })
})
