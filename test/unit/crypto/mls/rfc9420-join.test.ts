/**
 * More of the published vectors of RFC 9420 for the cipher suite of `mls-x25519`: joining a group that another implementation
 * made, from nothing but a Welcome and the private parts of a key package, and the running hash of what was said.
 */
import { readFileSync } from 'node:fs'
import { defaultClientConfig } from 'ts-mls/clientConfig.js'
import { joinGroup } from 'ts-mls/clientState.js'
import { decodeAuthenticatedContent } from 'ts-mls/authenticatedContent.js'
import { deriveSecret } from 'ts-mls/crypto/kdf.js'
import { decodeMlsMessage } from 'ts-mls/message.js'
import { verifyParentHashes } from 'ts-mls/parentHash.js'
import { decodeRatchetTree } from 'ts-mls/ratchetTree.js'
import { createSecretTree, ratchetToGeneration } from 'ts-mls/secretTree.js'
import { expandSenderDataKey, expandSenderDataNonce } from 'ts-mls/sender.js'
import { toLeafIndex } from 'ts-mls/treemath.js'
import { treeHashRoot } from 'ts-mls/treeHash.js'
import { applyUpdatePath, decodeUpdatePath } from 'ts-mls/updatePath.js'
import { createConfirmedHash, createInterimHash } from 'ts-mls/transcriptHash.js'
import { expect, test } from 'vitest'
import { bytesToHex, hexToBytes } from '../../../../src/base/bytes.ts'
import { systemRandom } from '../../../../src/base/random.ts'
import { createCiphersuite } from '../../../../src/crypto/mls/ciphersuite.ts'

type Texts = Readonly<Record<string, string>>
interface Vectors {
  readonly passiveClientWelcome: Texts
  readonly transcriptHashes: Texts
  readonly secretTree: {
    readonly encryption_secret: string
    readonly generation: number
    readonly sender_data: Texts
    readonly leaves: readonly Texts[]
  }
  readonly treeKem: {
    readonly ratchet_tree: string
    readonly update_paths: readonly (Texts & { readonly sender: number })[]
  }
}
const { passiveClientWelcome, transcriptHashes, secretTree, treeKem } = JSON.parse(
  readFileSync('test/vectors/mls-rfc9420-join.json', 'utf8')
) as Vectors
const cs = createCiphersuite('mls-x25519', systemRandom)
const bytes = (text: string | undefined): Uint8Array => hexToBytes(text ?? 'missing')

const read = (text: string | undefined): NonNullable<ReturnType<typeof decodeMlsMessage>>[0] => {
  const [message] = decodeMlsMessage(bytes(text), 0) ?? []
  if (message === undefined) throw new Error('no MLS message')
  return message
}

const join = async (texts: Texts): Promise<string> => {
  const [welcome, packed] = [read(texts['welcome']), read(texts['key_package'])]
  if (welcome.wireformat !== 'mls_welcome' || packed.wireformat !== 'mls_key_package') throw new Error('other messages')
  const state = await joinGroup(
    welcome.welcome,
    packed.keyPackage,
    {
      initPrivateKey: bytes(texts['init_priv']),
      hpkePrivateKey: bytes(texts['encryption_priv']),
      signaturePrivateKey: bytes(texts['signature_priv'])
    },
    // the vectors' external PSK: 32 zeros; ours have none (docs/protocol/sessions.md)
    { findPsk: () => new Uint8Array(32) },
    cs,
    undefined,
    undefined,
    // made in 2024, and its lifetimes are over
    {
      ...defaultClientConfig,
      lifetimeConfig: { ...defaultClientConfig.lifetimeConfig, validateLifetimeOnReceive: false }
    }
  )
  return bytesToHex(state.keySchedule.epochAuthenticator)
}

test('a Welcome by another implementation leads into its group', async () => {
  expect(await join(passiveClientWelcome)).toBe(passiveClientWelcome['initial_epoch_authenticator'])
})

test('the same Welcome with one bit changed leads nowhere', async () => {
  const welcome = bytes(passiveClientWelcome['welcome'])
  welcome[welcome.length - 1]! ^= 1
  await expect(join({ ...passiveClientWelcome, welcome: bytesToHex(welcome) })).rejects.toThrow()
})

test('transcript hashes: confirmed and interim', async () => {
  const [said] = decodeAuthenticatedContent(bytes(transcriptHashes['authenticated_content']), 0) ?? []
  if (said?.content.contentType !== 'commit' || said.auth.contentType !== 'commit') throw new Error('no commit')
  const confirmed = await createConfirmedHash(
    bytes(transcriptHashes['interim_transcript_hash_before']),
    { wireformat: said.wireformat, content: said.content, signature: said.auth.signature },
    cs.hash
  )
  expect(bytesToHex(confirmed)).toBe(transcriptHashes['confirmed_transcript_hash_after'])
  const interim = await createInterimHash(confirmed, said.auth.confirmationTag, cs.hash)
  expect(bytesToHex(interim)).toBe(transcriptHashes['interim_transcript_hash_after'])
})

test('secret tree: the keys of eight senders, fifteen steps on', async () => {
  const { sender_data: data, leaves, generation } = secretTree
  const [secret, sample] = [bytes(data['sender_data_secret']), bytes(data['ciphertext'])]
  expect(bytesToHex(await expandSenderDataKey(cs, secret, sample))).toBe(data['key'])
  expect(bytesToHex(await expandSenderDataNonce(cs, secret, sample))).toBe(data['nonce'])
  const tree = await createSecretTree(leaves.length, bytes(secretTree.encryption_secret), cs.kdf)
  for (const [leafIndex, texts] of leaves.entries()) {
    // no guard: the nonce itself
    const sender = { leafIndex, generation, reuseGuard: new Uint8Array(4) as never }
    for (const kind of ['application', 'handshake'] as const) {
      const type = kind === 'application' ? 'application' : 'commit'
      const { key, nonce } = await ratchetToGeneration(tree, sender, type, defaultClientConfig.keyRetentionConfig, cs)
      expect([bytesToHex(key), bytesToHex(nonce)]).toEqual([texts[`${kind}_key`], texts[`${kind}_nonce`]])
    }
  }
})

test('TreeKEM: a path changes the tree as it should, and its secret leads to the commit secret', async () => {
  const [tree] = decodeRatchetTree(bytes(treeKem.ratchet_tree), 0) ?? []
  if (tree === undefined) throw new Error('no tree')
  expect(await verifyParentHashes(tree, cs.hash)).toBe(true)
  for (const texts of treeKem.update_paths) {
    const [path] = decodeUpdatePath(bytes(texts['update_path']), 0) ?? []
    if (path === undefined) throw new Error('no path')
    const after = await applyUpdatePath(tree, toLeafIndex(texts.sender), path, cs.hash)
    expect(bytesToHex(await treeHashRoot(after, cs.hash))).toBe(texts['tree_hash_after'])
    const secret = bytes(texts['path_secret'])
    expect(bytesToHex(await deriveSecret(secret, 'path', cs.kdf))).toBe(texts['commit_secret'])
  }
})
