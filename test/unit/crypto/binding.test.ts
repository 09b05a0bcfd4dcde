import { beforeAll, expect, test } from 'vitest'
import { renewBinding } from '../../../src/crypto/account.ts'
import { makeBinding, verifyBinding } from '../../../src/crypto/binding.ts'
import { generateAccountKey, readSecret, type SecretCertificate, signByRoot } from '../../../src/crypto/pgp-keys.ts'
import { inDomain } from '../../../src/crypto/hash.ts'
import { DOMAINS } from '../../../src/crypto/domains.ts'
import { binding, bindingBody, MAX_BINDING_MS, type BindingBody } from '../../../src/wire/binding.ts'
import { DAY, flip, type Known, meet, NOW, random } from './people.ts'

let alice: Known
let bob: Known
let root: SecretCertificate
beforeAll(async () => {
  alice = await meet()
  bob = await meet()
  root = await readSecret(alice.account.secretKey)
})

const body = (change: Partial<BindingBody> = {}): Omit<BindingBody, 'version'> => {
  const { device, didKey } = alice.account
  const { signing, encryption, salt } = device
  return {
    didKey,
    generation: 0,
    device: device.key,
    signing,
    encryption,
    salt,
    issued: NOW,
    expires: NOW + DAY,
    ...change
  }
}
const refused = async (bytes: Uint8Array, code: string, now = NOW) =>
  await expect(verifyBinding(bytes, alice.document, now)).rejects.toMatchObject({ code })

test('ID6 a binding names the device and its keys', async () => {
  const known = await verifyBinding(await makeBinding(body(), root), alice.document, NOW)
  const { id, signing, encryption } = alice.account.device
  expect(known).toMatchObject({ did: alice.account.did, device: id, signing, encryption, expires: NOW + DAY })
})

test('ID6 the post-quantum subkey stands first', () => {
  const [first] = alice.binding.encryption
  expect(alice.document.certificate.subkeys.find(({ use }) => use === 'pqc')?.fingerprint).toEqual(first)
})

test.each([
  ['of another account', { didKey: new Uint8Array(32).fill(1) }],
  ['of another generation', { generation: 1 }],
  ['of a device that the document does not list', { salt: new Uint8Array(32) }],
  ['with a signing key that the certificate lacks', { signing: new Uint8Array(32) }],
  ['with an encryption key that the certificate lacks', { encryption: [new Uint8Array(32)] }],
  ['that is expired', { expires: NOW }]
])('a binding %s is refused', async (_, change) => {
  await refused(await makeBinding(body(change), root), 'untrusted')
})

test('an encryption key may not stand where the signing key belongs, nor the other way round', async () => {
  const { signing, encryption } = alice.account.device
  await refused(await makeBinding(body({ signing: encryption[0]! }), root), 'untrusted')
  await refused(await makeBinding(body({ encryption: [signing] }), root), 'untrusted')
})

test('ID6 nobody is bound for more than a year, and small-order device keys never', async () => {
  await refused(await makeBinding(body({ expires: NOW + MAX_BINDING_MS + 1 }), root), 'malformed')
  await refused(await makeBinding(body({ device: new Uint8Array(32) }), root), 'malformed')
})

test('any changed bit is refused', async () => {
  const bytes = alice.account.device.binding
  for (let at = 0; at < bytes.length; at += 13) {
    await expect(verifyBinding(flip(bytes, at), alice.document, NOW)).rejects.toMatchObject({
      code: expect.stringMatching(/^(malformed|untrusted|needs-newer)$/)
    })
  }
})

test('only the root signs bindings: not another root, not a subkey, not in another domain', async () => {
  const other = await readSecret((await generateAccountKey(NOW)).secretKey)
  await refused(await makeBinding(body(), other), 'untrusted')
  await refused(await makeBinding(body(), await readSecret(bob.account.secretKey)), 'untrusted')
  const bytes = bindingBody.encode({ ...body(), version: 1 })
  const wrongDomain = await signByRoot(root, inDomain(DOMAINS.card, bytes), NOW)
  await refused(binding.encode({ version: 1, body: bytes, signature: wrongDomain }), 'untrusted')
  await refused(binding.encode({ version: 1, body: bytes, signature: random.bytes(120) }), 'untrusted')
})

test('ID6 a binding is renewed in its last month, and not before', async () => {
  const { account, document } = alice
  const { bindingExpires } = account.device
  expect(await renewBinding(account, bindingExpires - 31 * DAY)).toBe(account)
  const late = bindingExpires - 29 * DAY
  const renewed = await renewBinding(account, late)
  const known = await verifyBinding(renewed.device.binding, document, bindingExpires + DAY)
  expect(known).toMatchObject({ device: account.device.id, expires: late + MAX_BINDING_MS })
})
