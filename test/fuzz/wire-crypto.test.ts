/**
 * The doors of the crypto room: sealed messages, certificates, documents, events, armour. What strangers send may be
 * anything: the answer is an AppError with a code that the caller knows, never a library's error, never a hang.
 */
import {
  type Arbitrary,
  array,
  asyncProperty,
  assert,
  constantFrom,
  nat,
  oneof,
  string,
  tuple,
  uint8Array
} from 'fast-check'
import { expect, test } from 'vitest'
import { concat } from '../../src/base/bytes.ts'
import { AppError, type ErrorCode } from '../../src/base/errors.ts'
import { systemRandom as random } from '../../src/base/random.ts'
import { makeAccount, makeOwnHead } from '../../src/crypto/account.ts'
import { verifyBinding } from '../../src/crypto/binding.ts'
import { openCard, sealCard } from '../../src/crypto/card.ts'
import { verifyDocument } from '../../src/crypto/document.ts'
import { makeEvent, verifyEvent } from '../../src/crypto/event.ts'
import { exportCertificate, openArmouredText } from '../../src/crypto/export.ts'
import { verifyHead } from '../../src/crypto/head.ts'
import { inviteKeys } from '../../src/crypto/invite.ts'
import { readArmouredCertificate } from '../../src/crypto/pgp-armour.ts'
import { readCertificate } from '../../src/crypto/pgp-keys.ts'
import { openRequest, sealRequest } from '../../src/crypto/request.ts'
import { memberOf } from '../../src/crypto/suite.ts'
import { createPgpV6 } from '../../src/crypto/suites/pgp-v6.ts'
import { scaled } from '../long.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const meet = async () => {
  const account = await makeAccount({ random, now: NOW, deviceSeed: random.bytes(32) })
  const document = await verifyDocument(account.document)
  const binding = await verifyBinding(account.device.binding, document, NOW)
  const { secretKey, device } = account
  const suite = createPgpV6({ secretKey, signing: device.signing, device: device.id })
  return { account, document, member: memberOf(document, binding), suite }
}
const [alice, bob] = [await meet(), await meet()]
const { state } = await alice.suite.create({
  group: new Uint8Array(32),
  generation: 0,
  members: [alice.member, bob.member]
})
const { sealed } = await alice.suite.seal(state, new Uint8Array(200), NOW)
const head = makeOwnHead(alice.account, [], NOW)
const request = await sealRequest({
  account: alice.account,
  recipient: bob.document,
  parts: { head, session: { version: 1, suite: 'pgp-v6', group: new Uint8Array(32), generation: 0 }, events: [] },
  now: NOW
})
const { bytes: event } = makeEvent(
  {
    conversation: new Uint8Array(32),
    did: alice.account.did,
    device: alice.account.device.id,
    counter: 1,
    heads: [],
    time: NOW,
    tick: 0,
    body: { kind: 'message', text: 'see you at six' }
  },
  alice.account.device.seed,
  random
)
const keys = inviteKeys(new Uint8Array(16))
const card = sealCard({
  body: {
    didKey: alice.account.didKey,
    profile: { version: 1, name: 'Alice', issued: NOW },
    bindings: [],
    issued: NOW,
    endsAt: NOW
  },
  keys,
  headSeed: alice.account.headSeed,
  random
})
const owner = { didKey: alice.account.didKey, headKey: alice.document.headKey }

const DOORS: readonly {
  name: string
  valid: Uint8Array
  open: (data: Uint8Array) => unknown
  codes: readonly ErrorCode[]
}[] = [
  {
    name: 'a sealed message',
    valid: sealed,
    open: (data) => bob.suite.open(state, data),
    codes: ['undecryptable', 'untrusted']
  },
  {
    name: 'a contact request',
    valid: request.sealed,
    open: (data) => openRequest(data, bob.account, NOW),
    codes: ['undecryptable', 'untrusted']
  },
  { name: 'a document', valid: alice.account.document, open: verifyDocument, codes: ['untrusted'] },
  { name: 'a head', valid: head, open: verifyHead, codes: ['untrusted'] },
  { name: 'a certificate', valid: alice.account.certificate, open: readCertificate, codes: [] },
  {
    name: 'a binding',
    valid: alice.account.device.binding,
    open: (data) => verifyBinding(data, alice.document, NOW),
    codes: ['untrusted']
  },
  { name: 'an event', valid: event, open: verifyEvent, codes: ['untrusted'] },
  { name: 'a card', valid: card, open: (data) => openCard(data, keys, owner), codes: ['undecryptable', 'untrusted'] }
]

const broken = (valid: Uint8Array): Arbitrary<Uint8Array> =>
  oneof(
    uint8Array({ maxLength: 400 }),
    array(tuple(nat(valid.length - 1), nat(255)), { minLength: 1, maxLength: 5 }).map((changes) => {
      const copy = new Uint8Array(valid)
      for (const [at, byte] of changes) copy[at] = byte
      return copy
    }),
    nat(valid.length).map((at) => valid.slice(0, at)),
    tuple(nat(valid.length), uint8Array({ maxLength: 40 })).map(([at, more]) =>
      concat(valid.subarray(0, at), more, valid.subarray(at))
    ),
    tuple(nat(valid.length), nat(60)).map(([at, size]) => concat(valid.subarray(0, at), valid.subarray(at + size))),
    // OpenPGP packet headers in front: any tag, lengths that lie
    tuple(nat(63), constantFrom(0, 191, 192, 223, 224, 254, 255), uint8Array({ maxLength: 60 })).map(
      ([tag, length, body]) => concat(Uint8Array.of(0xc0 | tag, length), body, valid)
    ),
    nat(60).map((times) => concat(...Array.from({ length: times }, () => valid.subarray(0, 1300)), valid))
  )

const codeOf = async (open: () => unknown): Promise<string> => {
  try {
    await open()
    return 'ok'
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

test.each(DOORS)('$name: broken in any way, the answer has a code', async ({ valid, open, codes }) => {
  expect(await codeOf(() => open(valid))).toBe('ok')
  await assert(
    asyncProperty(broken(valid), async (data) => {
      expect(['ok', 'malformed', 'too-large', 'needs-newer', ...codes]).toContain(await codeOf(() => open(data)))
    }),
    { numRuns: scaled(250, 2500) }
  )
})

test('pasted armour: broken in any way, the answer has a code', async () => {
  const armoured = await exportCertificate(alice.account)
  const lines = armoured.split('\n')
  const pasted = oneof(
    string({ maxLength: 200 }),
    nat(armoured.length).map((at) => armoured.slice(at)),
    tuple(nat(lines.length - 1), string({ maxLength: 70 })).map(([at, line]) => lines.with(at, line).join('\n')),
    string({ maxLength: 200 }).map((text) => `-----BEGIN PGP MESSAGE-----\n\n${text}\n-----END PGP MESSAGE-----\n`)
  )
  await assert(
    asyncProperty(pasted, async (text) => {
      const known = ['ok', 'malformed', 'too-large', 'untrusted', 'undecryptable']
      expect(known).toContain(await codeOf(() => readArmouredCertificate(text)))
      expect(known).toContain(await codeOf(() => openArmouredText({ armoured: text, account: bob.account })))
    }),
    { numRuns: scaled(250, 2500) }
  )
})
