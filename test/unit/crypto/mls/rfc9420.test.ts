/**
 * Published vectors of RFC 9420 for the cipher suite of `mls-x25519`, against the library on our cryptography. A small part of
 * them (test/vectors says which); `mls-xwing` has none, its KEM is checked by x-wing.test.ts.
 */
import { readFileSync } from 'node:fs'
import { deriveSecret, deriveTreeSecret, expandWithLabel } from 'ts-mls/crypto/kdf.js'
import { refhash } from 'ts-mls/crypto/hash.js'
import { decryptWithLabel } from 'ts-mls/crypto/hpke.js'
import { signWithLabel, verifyWithLabel } from 'ts-mls/crypto/signature.js'
import { encodeGroupContext, type GroupContext } from 'ts-mls/groupContext.js'
import { initializeEpoch } from 'ts-mls/keySchedule.js'
import { decodeMlsMessage } from 'ts-mls/message.js'
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js'
import { createSecretTree } from 'ts-mls/secretTree.js'
import { expect, test } from 'vitest'
import { bytesToHex, hexToBytes } from '../../../../src/base/bytes.ts'
import { systemRandom } from '../../../../src/base/random.ts'
import { createCiphersuite } from '../../../../src/crypto/mls/ciphersuite.ts'

type Texts = Readonly<Record<string, string>>
interface Vectors {
  readonly cryptoBasics: Readonly<
    Record<string, Texts & { readonly label: string; readonly generation: number; readonly length: number }>
  >
  readonly keySchedule: {
    readonly groupId: string
    readonly initialInitSecret: string
    readonly epochs: readonly Texts[]
  }
  readonly messageProtection: Texts & { readonly epoch: number }
}
const vectors = JSON.parse(readFileSync('test/vectors/mls-rfc9420.json', 'utf8')) as Vectors
const cs = createCiphersuite('mls-x25519', systemRandom)
const bytes = (text: string | undefined): Uint8Array => hexToBytes(text ?? 'missing')

test('crypto basics: labels, hashes, signatures, sealing', async () => {
  const basics = vectors.cryptoBasics
  const { expandWithLabel: e, deriveSecret: d, deriveTreeSecret: t, refHash: r } = basics
  const { signWithLabel: s, encryptWithLabel: c } = basics
  if (!e || !d || !t || !r || !s || !c) throw new Error('vectors are missing')
  expect(bytesToHex(await expandWithLabel(bytes(e['secret']), e.label, bytes(e['context']), e.length, cs.kdf))).toBe(
    e['out']
  )
  expect(bytesToHex(await deriveSecret(bytes(d['secret']), d.label, cs.kdf))).toBe(d['out'])
  expect(bytesToHex(await deriveTreeSecret(bytes(t['secret']), t.label, t.generation, t.length, cs.kdf))).toBe(t['out'])
  expect(bytesToHex(await refhash(r.label, bytes(r['value']), cs.hash))).toBe(r['out'])
  const signature = await signWithLabel(bytes(s['priv']), s.label, bytes(s['content']), cs.signature)
  expect(bytesToHex(signature)).toBe(s['signature'])
  expect(await verifyWithLabel(bytes(s['pub']), s.label, bytes(s['content']), signature, cs.signature)).toBe(true)
  const key = await cs.hpke.importPrivateKey(bytes(c['priv']))
  const opened = await decryptWithLabel(
    key,
    c.label,
    bytes(c['context']),
    bytes(c['kemOutput']),
    bytes(c['ciphertext']),
    cs.hpke
  )
  expect(bytesToHex(opened)).toBe(c['plaintext'])
})

const contextOf = (groupId: string, epoch: number, texts: Texts): GroupContext => ({
  version: 'mls10',
  cipherSuite: cs.name,
  groupId: bytes(groupId),
  epoch: BigInt(epoch),
  treeHash: bytes(texts['tree_hash']),
  confirmedTranscriptHash: bytes(texts['confirmed_transcript_hash']),
  extensions: []
})

test('key schedule: every secret of two epochs', async () => {
  const { groupId, initialInitSecret, epochs } = vectors.keySchedule
  let initSecret = bytes(initialInitSecret)
  for (const [epoch, texts] of epochs.entries()) {
    const context = contextOf(groupId, epoch, texts)
    expect(bytesToHex(encodeGroupContext(context))).toBe(texts['group_context'])
    const secrets = await initializeEpoch(
      initSecret,
      bytes(texts['commit_secret']),
      context,
      bytes(texts['psk_secret']),
      cs.kdf
    )
    const { keySchedule } = secrets
    expect({
      joiner_secret: bytesToHex(secrets.joinerSecret),
      welcome_secret: bytesToHex(secrets.welcomeSecret),
      encryption_secret: bytesToHex(secrets.encryptionSecret),
      init_secret: bytesToHex(keySchedule.initSecret),
      sender_data_secret: bytesToHex(keySchedule.senderDataSecret),
      exporter_secret: bytesToHex(keySchedule.exporterSecret),
      external_secret: bytesToHex(keySchedule.externalSecret),
      confirmation_key: bytesToHex(keySchedule.confirmationKey),
      membership_key: bytesToHex(keySchedule.membershipKey),
      resumption_psk: bytesToHex(keySchedule.resumptionPsk),
      epoch_authenticator: bytesToHex(keySchedule.epochAuthenticator)
    }).toEqual({
      joiner_secret: texts['joiner_secret'],
      welcome_secret: texts['welcome_secret'],
      encryption_secret: texts['encryption_secret'],
      init_secret: texts['init_secret'],
      sender_data_secret: texts['sender_data_secret'],
      exporter_secret: texts['exporter_secret'],
      external_secret: texts['external_secret'],
      confirmation_key: texts['confirmation_key'],
      membership_key: texts['membership_key'],
      resumption_psk: texts['resumption_psk'],
      epoch_authenticator: texts['epoch_authenticator']
    })
    const { publicKey } = await cs.hpke.deriveKeyPair(keySchedule.externalSecret)
    expect(bytesToHex(await cs.hpke.exportPublicKey(publicKey))).toBe(texts['external_pub'])
    initSecret = keySchedule.initSecret
  }
})

test('message protection: a message and a commit sealed by another implementation are opened', async () => {
  const texts = vectors.messageProtection
  const context = contextOf(texts['group_id'] ?? '', texts.epoch, texts)
  const secretTree = await createSecretTree(2, bytes(texts['encryption_secret']), cs.kdf)
  const open = async (sealed: Uint8Array) => {
    const message = decodeMlsMessage(sealed, 0)?.[0]
    if (message?.wireformat !== 'mls_private_message') throw new Error('not a private message')
    const retention = { retainKeysForGenerations: 10, maximumForwardRatchetSteps: 10, retainKeysForEpochs: 1 }
    const { content } = await unprotectPrivateMessage(
      bytes(texts['sender_data_secret']),
      message.privateMessage,
      secretTree,
      [],
      context,
      retention,
      cs,
      bytes(texts['signature_pub'])
    )
    return content
  }
  const { content } = await open(bytes(texts['application_priv']))
  expect(content.sender).toMatchObject({ senderType: 'member', leafIndex: 1 })
  expect(content.contentType === 'application' && bytesToHex(content.applicationData)).toBe(texts['application'])
  const commit = await open(bytes(texts['commit_priv']))
  expect(commit.content).toMatchObject({ contentType: 'commit', commit: { proposals: [] } })
  expect(commit.auth.contentType === 'commit' && bytesToHex(commit.auth.confirmationTag)).toBe(
    texts['confirmation_tag']
  )
})
