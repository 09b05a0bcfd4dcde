/** ID8: texts by hand. Who is written to in which form, whose signatures are known, and whose keys are believed. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemRandom as random } from '../../src/base/random.ts'
import { makeAccount } from '../../src/crypto/account.ts'
import { armouredTextFor, exportGnupg } from '../../src/crypto/export.ts'
import { armourCertificate, sealText } from '../../src/crypto/pgp-armour.ts'
import { describe as describeKey, readSecret, type SecretCertificate } from '../../src/crypto/pgp-keys.ts'
import { createMessage, enums, generateKey, readMessage, sign } from '../../src/crypto/pgp.ts'
import type { ChatId } from '../../src/model/ids.ts'
import { createWorld } from '../cast.ts'
import type { Person, World } from '../cast.ts'

let world: World
let alice: Person
let bob: Person
let chat: ChatId
beforeEach(async () => {
  world = await createWorld()
  ;[alice, bob] = await world.people('alice', 'bob')
  chat = await world.pair(alice, bob)
})
afterEach(() => world.stop())

const recipientsOf = async (armoured: string): Promise<readonly number[]> => {
  const { packets } = await readMessage({ armoredMessage: armoured })
  return packets
    .filterByTag(enums.packet.publicKeyEncryptedSessionKey)
    .map((packet) => (packet as unknown as { publicKeyAlgorithm: number }).publicKeyAlgorithm)
}

/** Somebody's key in some other program. */
const foreignKey = async (name: string): Promise<SecretCertificate> => {
  const { privateKey } = await generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    userIDs: [{ name }],
    date: new Date(world.clock.now() - 86_400_000),
    format: 'object',
    config: { v6Keys: false }
  })
  const publicKey = privateKey.toPublic()
  return { key: privateKey, certificate: describeKey(publicKey.write(), publicKey) }
}

describe('between two of us', () => {
  test('a text is sealed to the devices of the contact, and opened it says who wrote it', async () => {
    const armoured = await alice.messenger.copyAsOpenPgp(chat, 'see you at six ✓')
    expect(await recipientsOf(armoured)).toEqual([enums.publicKey.pqc_mlkem_x25519])
    expect(await bob.messenger.openOpenPgpText(armoured)).toMatchObject({
      text: 'see you at six ✓',
      signature: 'good',
      did: alice.did,
      name: 'Alice',
      chat
    })
    await expect(alice.messenger.openOpenPgpText(armoured)).rejects.toMatchObject({ code: 'undecryptable' })
  })

  test('who has a certificate for GnuPG gives it with the profile, and is written to in that form', async () => {
    await bob.messenger.exportKey('gnupg')
    await world.pass(60_000)
    const armoured = await alice.messenger.copyAsOpenPgp(chat, 'in your form')
    expect(await recipientsOf(armoured)).toEqual([enums.publicKey.ecdh])
    // alice's own key of that form was made for it, and bob learns it with her profile
    await world.pass(60_000)
    expect(await bob.messenger.openOpenPgpText(armoured)).toMatchObject({
      text: 'in your form',
      signature: 'good',
      did: alice.did
    })
  })

  test('a profile cannot put the key of somebody else in its place', async () => {
    const mallory = await foreignKey('Bob')
    await alice.db.write(['contacts'], async () => {
      const contact = (await alice.db.tables.contacts.get(bob.did))!
      await alice.db.tables.contacts.put({
        ...contact,
        gnupg: { certificate: mallory.certificate.bytes, by: 'profile' }
      })
    })
    expect(await recipientsOf(await alice.messenger.copyAsOpenPgp(chat, 'x'))).toEqual([
      enums.publicKey.pqc_mlkem_x25519
    ])
  })

  test('there is nobody to write to in a note to self', async () => {
    const self = (await alice.chats()).rows.find(({ kind }) => kind === 'self')!.chat
    await expect(alice.messenger.copyAsOpenPgp(self, 'x')).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('people who only have another program', () => {
  test('a pasted key is kept for whom the person says, then written to, and known when it signs', async () => {
    const theirs = await foreignKey('Bob of old')
    const block = armourCertificate(theirs.certificate)
    const fingerprint = Buffer.from(theirs.certificate.fingerprint).toString('hex')
    expect(await alice.messenger.openOpenPgpText(block)).toEqual({
      text: '',
      signature: 'none',
      certificate: { fingerprint, userIds: ['Bob of old'], isKept: false }
    })
    expect(await alice.messenger.openOpenPgpText(`my key:\n${block}`, chat)).toMatchObject({
      did: bob.did,
      chat,
      certificate: { isKept: true }
    })
    const armoured = await alice.messenger.copyAsOpenPgp(chat, 'to your old key')
    expect(await recipientsOf(armoured)).toEqual([enums.publicKey.ecdh])

    const mine = await alice.messenger.exportKey('gnupg')
    const answer = await armouredTextFor({
      text: 'got it',
      certificate: mine,
      account: { secretKey: theirs.key.write(), gnupg: theirs.key.write() },
      now: world.clock.now()
    })
    expect(await alice.messenger.openOpenPgpText(answer)).toMatchObject({
      text: 'got it',
      signature: 'good',
      signer: fingerprint,
      did: bob.did
    })
  })

  test('a key that the root of a contact has certified is theirs without being asked', async () => {
    const block = await bob.messenger.exportKey('gnupg')
    bob.goOffline()
    expect(await alice.messenger.openOpenPgpText(block)).toMatchObject({
      did: bob.did,
      certificate: { isKept: true }
    })
    expect(await recipientsOf(await alice.messenger.copyAsOpenPgp(chat, 'x'))).toEqual([enums.publicKey.ecdh])
    // the same claim without the root's word for it is nobody's
    const account = await makeAccount({ random, now: world.clock.now(), deviceSeed: random.bytes(32) })
    const forged = await exportGnupg({ ...account, did: bob.did as typeof account.did }, world.clock.now())
    const said = await alice.messenger.openOpenPgpText(forged.armoured)
    expect(said.did).toBeUndefined()
    expect(said.certificate).toMatchObject({ isKept: false })
  })

  test('signed by a stranger is unknown, by nobody is none, spoilt is an error', async () => {
    const stranger = await foreignKey('Mallory')
    const mine = await readSecret((await alice.db.tables.account.get('own'))!.keys!['secretKey' as never])
    const sealed = await sealText({
      text: 'trust me',
      to: mine.certificate,
      signer: stranger,
      now: world.clock.now()
    })
    const opened = await alice.messenger.openOpenPgpText(sealed)
    expect(opened).toMatchObject({ text: 'trust me', signature: 'unknown' })
    expect(opened.did).toBeUndefined()
    expect(opened.signer).toMatch(/^[0-9a-f]{16,64}$/)
    const only = (await sign({
      message: await createMessage({ text: 'in the open' }),
      signingKeys: stranger.key,
      date: new Date(world.clock.now())
    })) as string
    expect(await alice.messenger.openOpenPgpText(only)).toMatchObject({ text: 'in the open', signature: 'unknown' })
    const spoilt = sealed.replace(
      /\n([A-Za-z0-9+/]{60})/,
      (_, line: string) => `\n${line.split('').toReversed().join('')}`
    )
    await expect(alice.messenger.openOpenPgpText(spoilt)).rejects.toMatchObject({
      code: expect.stringMatching(/malformed|undecryptable/)
    })
    await expect(alice.messenger.openOpenPgpText('hello')).rejects.toMatchObject({ code: 'malformed' })
  })
})
