import { beforeAll, describe, expect, test } from 'vitest'
import { bytesToHex, concat, utf8 } from '../../../src/base/bytes.ts'
import { DOMAINS } from '../../../src/crypto/domains.ts'
import { inDomain } from '../../../src/crypto/hash.ts'
import { readCertificate, readSecret } from '../../../src/crypto/pgp-keys.ts'
import { enums, readMessage } from '../../../src/crypto/pgp.ts'
import { sealMessage } from '../../../src/crypto/pgp-message.ts'
import { type Member, routeFor, type SessionState, type Suite } from '../../../src/crypto/suite.ts'
import { createPgpV6 } from '../../../src/crypto/suites/pgp-v6.ts'
import { DAY, flip, type Known, meet, NOW, random } from './people.ts'

const group = new Uint8Array(32).fill(4)
const text = utf8('see you at six')
let alice: Known
let bob: Known
let carol: Known
let state: SessionState

const suiteOf = ({ account }: Known): Suite => {
  const { secretKey, device } = account
  return createPgpV6({ secretKey, signing: device.signing, device: device.id })
}
const sessionOf = async (...people: readonly Known[]): Promise<SessionState> => {
  const members = people.map(({ member }) => member)
  return (await suiteOf(people[0] ?? alice).create({ group, generation: 0, members })).state
}
const packetsOf = async (sealed: Uint8Array) => (await readMessage({ binaryMessage: new Uint8Array(sealed) })).packets

beforeAll(async () => {
  alice = await meet()
  bob = await meet()
  carol = await meet()
  state = await sessionOf(alice, bob)
})

test('SU1 what one seals the other opens, and knows who sealed it', async () => {
  const { sealed, state: after } = await suiteOf(alice).seal(state, text, NOW)
  expect(after).toBe(state) // no ratchet: nothing to write
  const opened = await suiteOf(bob).open(state, sealed)
  expect(opened).toMatchObject({ sender: { did: alice.account.did, device: alice.account.device.id } })
  expect(opened.plaintext).toEqual(text)
})

test('SU1 state is plain bytes: it survives being stored', async () => {
  const { sealed } = await suiteOf(alice).seal(structuredClone(state), text, NOW)
  expect((await suiteOf(bob).open(structuredClone(state), sealed)).plaintext).toEqual(text)
})

test('SU2 one message reaches several devices', async () => {
  const three = await sessionOf(alice, bob, carol)
  const { sealed } = await suiteOf(bob).seal(three, text, NOW)
  for (const who of [alice, carol]) {
    expect((await suiteOf(who).open(three, sealed)).sender.did).toBe(bob.account.did)
  }
})

describe('what is seen from outside', () => {
  test('SEIPDv2, post-quantum session keys, and nobody’s key id', async () => {
    const { sealed } = await suiteOf(alice).seal(await sessionOf(alice, bob, carol), text, NOW)
    const packets = await packetsOf(sealed)
    const keys = packets.filterByTag(enums.packet.publicKeyEncryptedSessionKey) as unknown as {
      publicKeyAlgorithm: number
      publicKeyID: { toHex(): string }
    }[]
    expect(keys.map((key) => key.publicKeyAlgorithm)).toEqual([35, 35])
    expect(keys.map((key) => key.publicKeyID.toHex())).toEqual(['0'.repeat(16), '0'.repeat(16)])
    expect(packets.at(-1)).toMatchObject({ version: 2 })
    const whole = bytesToHex(sealed)
    for (const { account } of [alice, bob, carol]) {
      for (const name of [account.didKey, account.fingerprint, account.device.key, ...account.device.encryption]) {
        expect(whole).not.toContain(bytesToHex(name))
      }
    }
  })

  test('routing tags differ for each device and session', () => {
    const tags = [alice, bob].flatMap(({ account }) => [
      routeFor(group, account.device.id),
      routeFor(new Uint8Array(32), account.device.id)
    ])
    expect(new Set(tags.map(bytesToHex)).size).toBe(4)
    expect(tags[0]).toHaveLength(16)
  })
})

test('SU1 a session says honestly whether it is post-quantum', async () => {
  const suite = suiteOf(alice)
  expect(suite.propertiesOf(state)).toMatchObject({ postQuantum: true, forwardSecrecy: false })
  const [, x25519 = new Uint8Array()] = bob.member.encryption
  const old: Member = { ...bob.member, encryption: [x25519] }
  const { state: mixed } = await suite.create({ group, generation: 0, members: [alice.member, old] })
  expect(suite.propertiesOf(mixed).postQuantum).toBe(false)
  const { sealed } = await suite.seal(mixed, text, NOW)
  expect((await suiteOf(bob).open(mixed, sealed)).plaintext).toEqual(text)
})

describe('is refused', () => {
  test('any changed bit', async () => {
    const { sealed } = await suiteOf(alice).seal(state, text, NOW)
    for (let at = 0; at < sealed.length; at += 61) {
      await expect(suiteOf(bob).open(state, flip(sealed, at))).rejects.toMatchObject({
        code: expect.stringMatching(/^(undecryptable|malformed|untrusted)$/)
      })
    }
  })

  test('what is for somebody else', async () => {
    const { sealed } = await suiteOf(alice).seal(state, text, NOW)
    const three = await sessionOf(alice, bob, carol)
    await expect(suiteOf(carol).open(three, sealed)).rejects.toMatchObject({ code: 'undecryptable' })
  })

  test('what a stranger sealed', async () => {
    const forged = await suiteOf(carol).create({ group, generation: 0, members: [carol.member, bob.member] })
    const { sealed } = await suiteOf(carol).seal(forged.state, text, NOW)
    await expect(suiteOf(bob).open(state, sealed)).rejects.toMatchObject({ code: 'untrusted' })
  })

  test('what was sealed in another session: a member cannot pass it on', async () => {
    const other = await suiteOf(alice).create({
      group: random.bytes(32),
      generation: 0,
      members: [alice.member, bob.member]
    })
    const { sealed } = await suiteOf(alice).seal(other.state, text, NOW)
    await expect(suiteOf(bob).open(state, sealed)).rejects.toMatchObject({ code: 'untrusted' })
  })

  test('EN2 what the same device signed for another purpose', async () => {
    const sealed = await sealMessage({
      plaintext: concat(inDomain(DOMAINS.request, group), text),
      signer: await readSecret(alice.account.secretKey),
      signingSubkey: alice.account.device.signing,
      recipients: [{ certificate: bob.document.certificate, subkey: bob.member.encryption[0]! }],
      now: NOW
    })
    await expect(suiteOf(bob).open(state, sealed)).rejects.toMatchObject({ code: 'untrusted' })
  })

  test('what the root signed instead of the device', async () => {
    const sealed = await sealMessage({
      plaintext: concat(inDomain(DOMAINS.payload, group), text),
      signer: await readSecret(alice.account.secretKey),
      signingSubkey: alice.account.fingerprint,
      recipients: [{ certificate: bob.document.certificate, subkey: bob.member.encryption[0]! }],
      now: NOW
    })
    await expect(suiteOf(bob).open(state, sealed)).rejects.toMatchObject({ code: 'untrusted' })
  })

  test('what is no OpenPGP message at all', async () => {
    for (const junk of [new Uint8Array(0), text, random.bytes(3000), alice.account.certificate]) {
      await expect(suiteOf(bob).open(state, junk)).rejects.toMatchObject({ code: 'malformed' })
    }
  })
})

test('RO2 a removed device cannot open what is sealed afterwards, an added one can', async () => {
  const suite = suiteOf(alice)
  const three = await suite.add(state, [carol.member])
  expect(suite.members(three.state)).toHaveLength(3)
  const two = await suite.remove(three.state, [bob.account.device.id])
  const { sealed } = await suite.seal(two.state, text, NOW)
  expect((await suiteOf(carol).open(two.state, sealed)).plaintext).toEqual(text)
  await expect(suiteOf(bob).open(two.state, sealed)).rejects.toMatchObject({ code: 'undecryptable' })
})

test('SU2 more than 50 devices are refused', async () => {
  const crowd = Array.from({ length: 51 }, () => bob.member)
  await expect(suiteOf(alice).create({ group, generation: 0, members: crowd })).rejects.toMatchObject({ code: 'quota' })
})

test('CL1 clocks that differ by days do no harm in either direction', async () => {
  for (const now of [NOW - 3 * DAY, NOW + 30 * DAY]) {
    const { sealed } = await suiteOf(alice).seal(state, text, now)
    expect((await suiteOf(bob).open(state, sealed)).plaintext).toEqual(text)
  }
})

test('a certificate is parsed once', async () => {
  const { certificate } = alice.account
  expect(await readCertificate(certificate)).toBe(await readCertificate(new Uint8Array(certificate)))
})
