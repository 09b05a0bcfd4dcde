/**
 * ts-mls, its values: as bytes, as the opaque types of mls.ts, and its errors in our words. The other half of ts-mls.ts;
 * nobody else imports it.
 */
import type { GroupState } from 'ts-mls/clientState.js'
import { encode } from 'ts-mls/codec/tlsEncoder.js'
import { decodeGroupContext, encodeGroupContext, type GroupContext } from 'ts-mls/groupContext.js'
import type { KeyPackage } from 'ts-mls/keyPackage.js'
import { decodeKeySchedule, encodeKeySchedule } from 'ts-mls/keySchedule.js'
import type { LeafNode } from 'ts-mls/leafNode.js'
import { decodeMlsMessage, type MLSMessage } from 'ts-mls/message.js'
import { CodecError, CryptoError, MlsError } from 'ts-mls/mlsError.js'
import { decodePrivateKeyPath, privateKeyPathEncoder } from 'ts-mls/privateKeyPath.js'
import type { PrivateMessage } from 'ts-mls/privateMessage.js'
import { decodeRatchetTree, encodeRatchetTree, type RatchetTree } from 'ts-mls/ratchetTree.js'
import { decodeSecretTree, type SecretTree, secretTreeEncoder } from 'ts-mls/secretTree.js'
import { AppError } from '../../base/errors.ts'
import type { Epoch, EpochParts, Leaf, Own, PastEpoch } from './mls.ts'
import { epochCore, pastEpoch } from './shapes.ts'

export interface Past {
  readonly context: GroupContext
  readonly senderDataSecret: Uint8Array
  readonly secretTree: SecretTree
  readonly ratchetTree: RatchetTree
}

// the checked doors between the opaque types of the interface and the library's
export const stateOf = (epoch: Epoch): GroupState => epoch as unknown as GroupState
export const toEpoch = (state: GroupState): Epoch =>
  // the history is the caller's, and what is made on our behalf holds on to no configuration
  ({
    groupContext: state.groupContext,
    keySchedule: state.keySchedule,
    secretTree: state.secretTree,
    ratchetTree: state.ratchetTree,
    privatePath: state.privatePath,
    signaturePrivateKey: state.signaturePrivateKey,
    unappliedProposals: {},
    confirmationTag: state.confirmationTag,
    historicalReceiverData: new Map(),
    groupActiveState: { kind: 'active' }
  }) satisfies GroupState as unknown as Epoch
export const pastOf = (past: PastEpoch): Past => past as unknown as Past
export const toPastEpoch = (past: Past): PastEpoch => past as unknown as PastEpoch

/** The library's errors, and whatever bytes from outside make it trip over, in our words. */
export const guard = async <T>(what: string, work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    if (/gen in the past/.test(why)) throw new AppError('conflict', `${what}: opened before`, { cause })
    if (cause instanceof CodecError || cause instanceof TypeError || cause instanceof RangeError)
      throw new AppError('malformed', `${what}: ${why}`, { cause })
    // an HPKE or AES-GCM failure: WebCrypto says OperationError
    if (cause instanceof CryptoError || !(cause instanceof MlsError))
      throw new AppError('undecryptable', `${what}: ${why}`, { cause })
    throw new AppError('untrusted', `${what}: ${why}`, { cause })
  }
}

/** All of the bytes or nothing: anything behind a message would be a second spelling of it. */
export const need = <T>(decoded: readonly [T, number] | undefined, size: number): T => {
  if (decoded === undefined || decoded[1] !== size) throw new CodecError('not a whole MLS structure')
  return decoded[0]
}
export const read = <K extends MLSMessage['wireformat']>(
  data: Uint8Array,
  kind: K
): MLSMessage & { readonly wireformat: K } => {
  const message = need(decodeMlsMessage(data, 0), data.length)
  if (message.wireformat !== kind) throw new CodecError(`not ${kind}`)
  return message as MLSMessage & { readonly wireformat: K }
}
export const readPrivate = (data: Uint8Array): PrivateMessage => read(data, 'mls_private_message').privateMessage
export const readPackage = (data: Uint8Array): KeyPackage => read(data, 'mls_key_package').keyPackage

export const credentialOf = ({ credential }: Pick<LeafNode, 'credential'>): Uint8Array => {
  if (credential.credentialType !== 'basic') throw new AppError('untrusted', 'a credential that is not ours')
  return credential.identity
}
export const toLeaf = (index: number, leaf: Pick<LeafNode, 'credential' | 'signaturePublicKey'>): Leaf => ({
  index,
  signatureKey: leaf.signaturePublicKey,
  credential: credentialOf(leaf)
})
export const leafAt = (tree: RatchetTree, index: number | undefined): Leaf => {
  const node = index === undefined ? undefined : tree[2 * index]
  if (index === undefined || node?.nodeType !== 'leaf') throw new AppError('untrusted', 'no such leaf')
  return toLeaf(index, node.leaf)
}

/** Only leaves send, so only their ratchets are worth keeping. */
const saveSecrets = (tree: SecretTree): Uint8Array => encode(secretTreeEncoder)(tree.filter((_, at) => at % 2 === 0))
const NO_RATCHET = { secret: new Uint8Array(), generation: 0, unusedGenerations: {} }
const loadSecrets = (data: Uint8Array): SecretTree =>
  need(decodeSecretTree(data, 0), data.length).flatMap((leaf, at) =>
    at === 0 ? [leaf] : [{ handshake: NO_RATCHET, application: NO_RATCHET }, leaf]
  )

const remember = <K extends object>(make: (key: K) => Uint8Array) => {
  const known = new WeakMap<K, Uint8Array>()
  return {
    get: (key: K): Uint8Array => {
      const found = known.get(key) ?? make(key)
      known.set(key, found)
      return found
    },
    set: (key: K, data: Uint8Array): unknown => known.set(key, data)
  }
}
const savedTrees = remember(encodeRatchetTree)
const savedSecrets = remember(saveSecrets)
const savedCores = remember(({ groupContext, keySchedule, privatePath, confirmationTag }: GroupState) =>
  epochCore.encode({
    version: 1,
    context: encodeGroupContext(groupContext),
    keySchedule: encodeKeySchedule(keySchedule),
    privatePath: encode(privateKeyPathEncoder)(privatePath),
    confirmationTag
  })
)
/** States of one epoch differ only in their secrets: the first one of them stands for the rest. */
const firsts = new WeakMap<object, GroupState>()
const firstOf = (state: GroupState): GroupState => {
  const first = firsts.get(state.keySchedule) ?? state
  firsts.set(state.keySchedule, first)
  return first
}

export const savedPasts = remember((past: PastEpoch) => {
  const { context, senderDataSecret, secretTree, ratchetTree } = pastOf(past)
  return pastEpoch.encode({
    version: 1,
    context: encodeGroupContext(context),
    senderData: senderDataSecret,
    secrets: savedSecrets.get(secretTree),
    senders: ratchetTree.flatMap((node, at) =>
      node?.nodeType === 'leaf'
        ? [{ leaf: at / 2, key: node.leaf.signaturePublicKey, who: credentialOf(node.leaf) }]
        : []
    )
  })
})

/** A leaf of which only its signature key and a short name of its owner are left. */
const slimLeaf = (signaturePublicKey: Uint8Array, identity: Uint8Array): RatchetTree[number] => ({
  nodeType: 'leaf',
  leaf: {
    hpkePublicKey: new Uint8Array(),
    signaturePublicKey,
    credential: { credentialType: 'basic', identity },
    capabilities: { versions: [], ciphersuites: [], extensions: [], proposals: [], credentials: [] },
    leafNodeSource: 'update',
    extensions: [],
    signature: new Uint8Array()
  }
})

export const saveEpoch = (epoch: Epoch): EpochParts => {
  const state = stateOf(epoch)
  return {
    core: savedCores.get(firstOf(state)),
    tree: savedTrees.get(state.ratchetTree),
    secrets: savedSecrets.get(state.secretTree)
  }
}

export const loadEpoch = ({ core, tree, secrets }: EpochParts, own: Own): Epoch => {
  const { context, keySchedule, privatePath, confirmationTag } = epochCore.decode(core)
  const state: GroupState = {
    groupContext: need(decodeGroupContext(context, 0), context.length),
    keySchedule: need(decodeKeySchedule(keySchedule, 0), keySchedule.length),
    secretTree: loadSecrets(secrets),
    ratchetTree: need(decodeRatchetTree(tree, 0), tree.length),
    privatePath: need(decodePrivateKeyPath(privatePath, 0), privatePath.length),
    signaturePrivateKey: own.signatureSeed,
    unappliedProposals: {},
    confirmationTag,
    historicalReceiverData: new Map(),
    groupActiveState: { kind: 'active' }
  }
  savedTrees.set(state.ratchetTree, tree)
  savedSecrets.set(state.secretTree, secrets)
  savedCores.set(firstOf(state), core)
  return toEpoch(state)
}

export const shrinkEpoch = (epoch: Epoch, who: (credential: Uint8Array) => Uint8Array): PastEpoch => {
  const { groupContext, keySchedule, secretTree, ratchetTree } = stateOf(epoch)
  const slim = ratchetTree.map((node) =>
    node?.nodeType === 'leaf' ? slimLeaf(node.leaf.signaturePublicKey, who(credentialOf(node.leaf))) : undefined
  )
  const { senderDataSecret } = keySchedule
  return toPastEpoch({ context: groupContext, senderDataSecret, secretTree, ratchetTree: slim })
}

export const loadPast = (data: Uint8Array): PastEpoch => {
  const { context, senderData, secrets, senders } = pastEpoch.decode(data)
  const ratchetTree: RatchetTree = []
  for (const { leaf, key, who } of senders) ratchetTree[2 * leaf] = slimLeaf(key, who)
  const past = toPastEpoch({
    context: need(decodeGroupContext(context, 0), context.length),
    senderDataSecret: senderData,
    secretTree: loadSecrets(secrets),
    ratchetTree
  })
  savedPasts.set(past, data)
  return past
}
