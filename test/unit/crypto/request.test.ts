import { beforeAll, describe, expect, test } from 'vitest'
import { concat } from '../../../src/base/bytes.ts'
import { makeOwnHead } from '../../../src/crypto/account.ts'
import { directConversation } from '../../../src/crypto/conversation.ts'
import { DOMAINS } from '../../../src/crypto/domains.ts'
import { makeHead } from '../../../src/crypto/head.ts'
import { inDomain } from '../../../src/crypto/hash.ts'
import { readSecret } from '../../../src/crypto/pgp-keys.ts'
import { sealMessage } from '../../../src/crypto/pgp-message.ts'
import { openRequest, sealRequest } from '../../../src/crypto/request.ts'
import { contactRequest, type ContactRequest, MAX_REQUEST_AGE_MS } from '../../../src/wire/request.ts'
import { DAY, flip, type Known, meet, NOW, random } from './people.ts'

let alice: Known
let bob: Known
let carol: Known
beforeAll(async () => {
  alice = await meet()
  bob = await meet()
  carol = await meet()
})

const token = new Uint8Array(16).fill(5)
const partsOf = (who: Known): Pick<ContactRequest, 'head' | 'session' | 'events'> => ({
  head: makeOwnHead(who.account, [], NOW),
  session: { version: 1, suite: 'pgp-v6', group: new Uint8Array(32).fill(6), generation: 0 },
  events: [Uint8Array.of(1, 2, 3)]
})
const ask = async (now = NOW) =>
  await sealRequest({ account: alice.account, recipient: bob.document, parts: { ...partsOf(alice), token }, now })

/** A request as alice's own device could sign it if she lied; every field may be wrong. */
const lie = async (
  change: Partial<ContactRequest>,
  signer: Known = alice,
  domain: Uint8Array = inDomain(DOMAINS.request)
) => {
  const { account } = alice
  const plaintext = contactRequest.encode({
    ...partsOf(alice),
    version: 1,
    recipient: bob.account.didKey,
    recipientPlace: bob.document.place,
    sender: account.didKey,
    document: account.document,
    bindings: [account.device.binding],
    conversation: directConversation(account.did, bob.account.did),
    issued: NOW,
    ...change
  })
  return await sealMessage({
    plaintext: concat(domain, plaintext),
    signer: await readSecret(signer.account.secretKey),
    signingSubkey: signer.account.device.signing,
    recipients: [{ certificate: bob.document.certificate, subkey: bob.member.encryption[0]! }],
    now: NOW
  })
}
const refused = async (sealed: Uint8Array, code = 'untrusted', now = NOW) =>
  await expect(openRequest(sealed, bob.account, now)).rejects.toMatchObject({ code })

test('IN3 a request arrives with all that is needed to answer it', async () => {
  const { sealed, hash } = await ask()
  const opened = await openRequest(sealed, bob.account, NOW + DAY)
  expect(opened.document.did).toBe(alice.account.did)
  expect(opened.from.device).toBe(alice.account.device.id)
  expect(opened.head.homes).toEqual([])
  expect(opened.hash).toEqual(hash)
  expect(opened.request).toMatchObject({ token, issued: NOW, events: [Uint8Array.of(1, 2, 3)] })
  expect(opened.request.conversation).toEqual(directConversation(bob.account.did, alice.account.did))
})

test('an honest request built by hand is accepted, so the lies below fail for their lie', async () => {
  await expect(openRequest(await lie({}), bob.account, NOW)).resolves.toBeDefined()
})

test('IN3 only the recipient can open it', async () => {
  const { sealed } = await ask()
  await expect(openRequest(sealed, carol.account, NOW)).rejects.toMatchObject({ code: 'undecryptable' })
})

describe('IN3 is refused', () => {
  test('when it is for somebody else: the recipient cannot pass it on', async () =>
    await refused(await lie({ recipient: carol.account.didKey })))
  test('when it is 30 days old, and not a minute earlier', async () => {
    const { sealed } = await ask()
    await refused(sealed, 'untrusted', NOW + MAX_REQUEST_AGE_MS + 1)
    await expect(openRequest(sealed, bob.account, NOW + MAX_REQUEST_AGE_MS - 60_000)).resolves.toBeDefined()
  })
  test('when it comes from days ahead', async () => await refused((await ask(NOW + 3 * DAY)).sealed))
  test('when it claims to be from ourselves', async () => await refused(await lie({ sender: bob.account.didKey })))
  test('when the document is of somebody else', async () =>
    await refused(await lie({ document: carol.account.document, head: partsOf(carol).head })))
  test('when sender and document differ', async () => await refused(await lie({ sender: carol.account.didKey })))
  test('when the head is of somebody else', async () => await refused(await lie({ head: partsOf(carol).head })))
  test('when the head names the document with another place', async () => {
    const { didKey, documentHash, rotations, headSeed, vouch } = alice.account
    const place = { generation: 0, seq: 7 }
    const head = makeHead({ didKey, place, documentHash, rotations, homes: [], headSeed, vouch, issued: NOW })
    await refused(await lie({ head }))
  })
  test('when the conversation is another', async () =>
    await refused(await lie({ conversation: directConversation(carol.account.did, bob.account.did) })))
  test('when the binding is of somebody else, or missing', async () => {
    await refused(await lie({ bindings: [carol.account.device.binding] }))
    await refused(await lie({ bindings: [] }))
  })
  test('when another account signed it', async () => await refused(await lie({}, carol)))
  test('when the document inside is changed', async () =>
    await refused(await lie({ document: flip(alice.account.document, 4000) })))
  test('EN2 when it was signed for another purpose', async () =>
    await refused(await lie({}, alice, inDomain(DOMAINS.payload))))
  test('when the inside is no request', async () => {
    const sealed = await sealMessage({
      plaintext: concat(inDomain(DOMAINS.request), random.bytes(500)),
      signer: await readSecret(alice.account.secretKey),
      signingSubkey: alice.account.device.signing,
      recipients: [{ certificate: bob.document.certificate, subkey: bob.member.encryption[0]! }],
      now: NOW
    })
    await refused(sealed, 'malformed')
  })
  test('when any bit is changed', async () => {
    const { sealed } = await ask()
    for (let at = 0; at < sealed.length; at += 601) {
      await expect(openRequest(flip(sealed, at), bob.account, NOW)).rejects.toMatchObject({
        code: expect.stringMatching(/^(undecryptable|malformed)$/)
      })
    }
  })
})
