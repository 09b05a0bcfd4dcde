/**
 * ID8, whole: a person with only Debian's gpg and a person with this app exchange texts, signed and sealed, in both directions, by
 * the app's own "Copy as OpenPGP" and "Open OpenPGP text".
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isDebianRoot } from '../../scripts/ensure-tools.ts'
import type { ChatId } from '../../src/model/ids.ts'
import { createWorld } from '../cast.ts'
import type { Person, World } from '../cast.ts'

const hasGpg = ((): boolean => {
  try {
    execFileSync('gpg', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    // not installed: on Debian the install script puts it there, elsewhere the tests say that they are skipped
    return false
  }
})()
if (!hasGpg && !isDebianRoot) process.stdout.write('skipped: GnuPG interop of the app (no gpg on PATH)\n')

const MAIL = 'bob@example.org'
const QUIET = ['--batch', '--yes', '--trust-model', 'always', '--pinentry-mode', 'loopback', '--passphrase', '']

/** One character in the middle is another. */
const change = (armoured: string): string => {
  const lines = armoured.split('\n')
  const middle = Math.floor(lines.length / 2)
  lines[middle] = (lines[middle] ?? '').replace(/^(.)/, (first) => (first === 'A' ? 'B' : 'A'))
  return lines.join('\n')
}

describe.skipIf(!hasGpg && !isDebianRoot)('ID8 with GnuPG and the whole app', () => {
  const home = mkdtempSync(join(tmpdir(), 'gnupg-'))
  let world: World
  let alice: Person
  let bob: Person
  let chat: ChatId

  /** The world has its own clock, and gpg refuses keys of tomorrow. */
  const now = (): string =>
    new Date(world.clock.now())
      .toISOString()
      .replaceAll(/[-:]|\.\d+Z/g, '')
      .concat('!')
  const gpg = (args: readonly string[], input = ''): string =>
    execFileSync('gpg', ['--homedir', home, '--faked-system-time', now(), ...QUIET, ...args], {
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe']
    })

  beforeAll(async () => {
    world = await createWorld()
    ;[alice, bob] = await world.people('alice', 'bob')
    chat = await world.pair(alice, bob)
    gpg(['--quick-gen-key', MAIL, 'future-default', 'default', 'never'])
    writeFileSync(join(home, 'alice.asc'), await alice.messenger.exportKey('gnupg'))
    gpg(['--import', join(home, 'alice.asc')])
    const theirs = gpg(['--armor', '--export', MAIL])
    expect(await alice.messenger.openOpenPgpText(theirs, chat)).toMatchObject({
      did: bob.did,
      certificate: { userIds: [MAIL], isKept: true }
    })
  })
  afterAll(async () => {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'], { stdio: 'ignore' })
    rmSync(home, { recursive: true, force: true })
    await world.stop()
  })

  test('what the app copies gpg opens, and knows whose signature it is', async () => {
    const armoured = await alice.messenger.copyAsOpenPgp(chat, 'héllo Bob\nsee you at six ✓')
    const said = gpg(['--decrypt', '--status-fd', '1'], armoured)
    expect(said).toContain('héllo Bob\nsee you at six ✓')
    expect(said).toMatch(new RegExp(`GOODSIG [0-9A-F]{16} ${alice.did}`))
    expect(said).toContain('DECRYPTION_OKAY')
  })

  test('what gpg signs and seals the app opens, and knows whose signature it is', async () => {
    const armoured = gpg(['--armor', '--sign', '--encrypt', '-u', MAIL, '-r', alice.did], 'six is fine ✓')
    expect(await alice.messenger.openOpenPgpText(armoured)).toMatchObject({
      text: 'six is fine ✓',
      signature: 'good',
      did: bob.did,
      chat
    })
  })

  test('what gpg only signs is opened too, inline and as clear text', async () => {
    for (const how of ['--sign', '--clearsign']) {
      const armoured = gpg(['--armor', how, '-u', MAIL], 'open letter\n')
      const opened = await alice.messenger.openOpenPgpText(`> quoted\n\n${armoured}`)
      expect({ how, ...opened }).toMatchObject({ how, signature: 'good', did: bob.did })
      expect(opened.text.trimEnd()).toBe('open letter')
    }
  })

  test('what gpg seals without a name, or without a signature, is opened', async () => {
    const hidden = gpg(['--armor', '--encrypt', '--hidden-recipient', alice.did], 'guess who')
    expect(await alice.messenger.openOpenPgpText(hidden)).toEqual({ text: 'guess who', signature: 'none' })
  })

  test('a text that somebody changed is refused on both sides', async () => {
    const ours = await alice.messenger.copyAsOpenPgp(chat, 'see you at six')
    expect(() => gpg(['--decrypt'], change(ours))).toThrow()
    const theirs = gpg(['--armor', '--sign', '--encrypt', '-u', MAIL, '-r', alice.did], 'see you at seven')
    await expect(alice.messenger.openOpenPgpText(change(theirs))).rejects.toMatchObject({
      code: expect.stringMatching(/malformed|undecryptable/)
    })
  })
})
