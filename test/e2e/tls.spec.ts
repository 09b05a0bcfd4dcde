/** `https://` with a certificate of a CA made at home, as somebody would run it in their own network. */
import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from './world.ts'

const folder = mkdtempSync(join(tmpdir(), 'cryptochat-ca-'))
const file = (name: string): string => join(folder, name)
const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
openssl('req', '-x509', ...KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Home CA')
openssl('req', ...KEY, '-keyout', 'site.key', '-out', 'site.csr', '-subj', '/CN=127.0.1.1')
writeFileSync(file('site.ext'), 'subjectAltName=IP:127.0.1.1,IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n')
openssl(
  'x509',
  '-req',
  '-in',
  'site.csr',
  '-CA',
  'ca.pem',
  '-CAkey',
  'ca.key',
  '-CAcreateserial',
  '-out',
  'site.pem',
  '-days',
  '1',
  '-extfile',
  'site.ext'
)
writeFileSync(file('chain.pem'), readFileSync(file('site.pem'), 'utf8') + readFileSync(file('ca.pem'), 'utf8'))

const authority = new X509Certificate(readFileSync(file('ca.pem')))
const fingerprint = createHash('sha256')
  .update(authority.publicKey.export({ type: 'spki', format: 'der' }))
  .digest('base64')
/** What importing the CA does for a person: chains that end in this key are trusted. */
const TRUST = [`--ignore-certificate-errors-spki-list=${fingerprint}`]

test.use({ relayEnv: { TLS_CERT: file('chain.pem'), TLS_KEY: file('site.key') } })
test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('with a self-made CA the app runs on https and two people chat, relay and direct', async ({ world }) => {
  expect(world.relay.url).toMatch(/^https:/)
  const alice = await world.newcomer('alice', { args: TRUST })
  const bob = await world.newcomer('bob', { args: TRUST })
  await Promise.all([alice.firstRun(), bob.firstRun()])
  await alice.pairWith(bob)
  await alice.chat('bob').write('behind a padlock')
  await bob.chat('alice').waitFor('behind a padlock')
  await bob.chat('alice').write('two of them')
  await alice.chat('bob').waitFor('two of them')
  expect(await alice.page.evaluate(() => globalThis.isSecureContext)).toBe(true)
  await expect.poll(() => alice.pathTo(bob)).toBe('direct')
})
