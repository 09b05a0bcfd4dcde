/**
 * ts-mls behind the interface of mls.ts: the only file that knows it. Deep imports on purpose: the package's front door drags
 * in every cipher suite it can name. Not used: its own history of epochs (callers keep theirs), proposals on their own (one
 * that nobody commits would stop everybody from writing), external commits, PSKs, extensions of the group. The secrets it
 * reports as consumed are left alone: wiping them would destroy the epoch that is still kept for rivals (ML3).
 */
import type { ClientConfig } from 'ts-mls/clientConfig.js'
import { createGroup, type GroupState, joinGroup } from 'ts-mls/clientState.js'
import { createCommit } from 'ts-mls/createCommit.js'
import { createApplicationMessage } from 'ts-mls/createMessage.js'
import type { GroupContext } from 'ts-mls/groupContext.js'
import type { IncomingMessageCallback } from 'ts-mls/incomingMessageAction.js'
import { generateKeyPackageWithKey, verifyKeyPackage } from 'ts-mls/keyPackage.js'
import { defaultKeyPackageEqualityConfig } from 'ts-mls/keyPackageEqualityConfig.js'
import { mlsExporter } from 'ts-mls/keySchedule.js'
import { verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js'
import { encodeMlsMessage } from 'ts-mls/message.js'
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js'
import { CodecError } from 'ts-mls/mlsError.js'
import type { PrivateMessage } from 'ts-mls/privateMessage.js'
import { processPrivateMessage } from 'ts-mls/processMessages.js'
import { emptyPskIndex } from 'ts-mls/pskIndex.js'
import { decodeRatchetTree } from 'ts-mls/ratchetTree.js'
import { consumeRatchet } from 'ts-mls/secretTree.js'
import { sameBytes } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import { createCiphersuite } from './ciphersuite.ts'
import type { CheckCredential, CommitView, Leaf, Mls, MlsSuiteName, Own } from './mls.ts'
import { keyPackageSecret } from './shapes.ts'
import {
  credentialOf,
  guard,
  leafAt,
  loadEpoch,
  loadPast,
  need,
  type Past,
  pastOf,
  read,
  readPackage,
  readPrivate,
  savedPasts,
  saveEpoch,
  shrinkEpoch,
  stateOf,
  toEpoch,
  toLeaf,
  toPastEpoch
} from './ts-mls-state.ts'

/** ML4. */
const MAX_SKIPPED = 2000
const RETENTION = {
  retainKeysForGenerations: MAX_SKIPPED,
  maximumForwardRatchetSteps: MAX_SKIPPED,
  // callers keep past epochs themselves
  retainKeysForEpochs: 1
}

/** A founder's leaf says how long it may be added, like any other, though nobody ever asks. */
const FOUNDER_MS = 30 * 24 * 3600 * 1000

const seconds = (ms: number): bigint => BigInt(Math.floor(ms / 1000))

/** Of one operation: `end` throws when a credential in it does not hold. Meanwhile the library is told that all do. */
interface Checking extends ClientConfig {
  readonly end: () => void
}

/** The library drops promises when several additions fail at once, so what fails is kept until it is done. */
const config = (check: CheckCredential, now: number): Checking => {
  const refused: unknown[] = []
  const isGood = async (credential: Uint8Array, key: Uint8Array): Promise<void> => {
    try {
      if (!(await check(credential, key))) refused.unshift(new AppError('untrusted', 'a credential does not hold'))
    } catch (error) {
      refused.push(error)
    }
  }
  return {
    ...BASE,
    // the corrected clock (CL1), not the machine's
    lifetimeConfig: { maximumTotalLifetime: 2678400n, validateLifetimeOnReceive: false, now: () => now },
    authService: {
      validateCredential: async (credential, key) => {
        if (credential.credentialType !== 'basic') return false
        await isGood(credential.identity, key)
        return true
      }
    },
    end: () => {
      if (refused.length > 0) throw refused[0]
    }
  }
}

const BASE = {
  keyRetentionConfig: RETENTION,
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  // payloads bring their own padding
  paddingConfig: { kind: 'alwaysPad' as const, paddingLength: 0 }
}

const checkEpoch = (context: GroupContext, message: PrivateMessage): void => {
  if (!sameBytes(message.groupId, context.groupId)) throw new AppError('untrusted', 'another group')
  if (message.epoch > context.epoch) throw new AppError('not-ready', `epoch ${message.epoch}`)
  if (message.epoch < context.epoch) throw new AppError('not-found', `epoch ${message.epoch}`)
}

export const createTsMls = (name: MlsSuiteName, random: Random): Mls => {
  const cs = createCiphersuite(name, random)
  const trustAll = config(async () => true, 0)
  const capabilities = {
    versions: ['mls10' as const],
    ciphersuites: [cs.name],
    extensions: [],
    proposals: [],
    credentials: ['basic' as const]
  }
  const makePackage = (own: Own, lifetime: { readonly notBefore: number; readonly notAfter: number }) =>
    generateKeyPackageWithKey(
      { credentialType: 'basic', identity: own.credential },
      capabilities,
      { notBefore: seconds(lifetime.notBefore), notAfter: seconds(lifetime.notAfter) },
      [],
      { signKey: own.signatureSeed, publicKey: own.signatureKey },
      cs
    )

  const unprotect = async (past: Past, message: PrivateMessage) => {
    if (message.contentType !== 'application') throw new AppError('malformed', 'not an application message')
    const { context, senderDataSecret, secretTree, ratchetTree } = past
    const { content, tree } = await unprotectPrivateMessage(
      senderDataSecret,
      message,
      secretTree,
      ratchetTree,
      context,
      RETENTION,
      cs
    )
    const { sender } = content.content
    if (content.content.contentType !== 'application') throw new CodecError('not an application message')
    return {
      secretTree: tree,
      plaintext: content.content.applicationData,
      aad: content.content.authenticatedData,
      sender: leafAt(ratchetTree, sender.senderType === 'member' ? sender.leafIndex : undefined)
    }
  }
  return {
    name,
    makeKeyPackage: (own, lifetime) =>
      guard('key package', async () => {
        const { publicPackage, privatePackage } = await makePackage(own, lifetime)
        return {
          keyPackage: encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage: publicPackage }),
          secret: keyPackageSecret.encode({
            version: 1,
            init: privatePackage.initPrivateKey,
            leaf: privatePackage.hpkePrivateKey
          })
        }
      }),
    readKeyPackage: (data) =>
      guard('key package', async () => {
        const found = readPackage(data)
        const { leafNode, cipherSuite } = found
        if (cipherSuite !== cs.name) throw new CodecError('another cipher suite')
        const isSigned = await Promise.all([
          verifyKeyPackage(found, cs.signature),
          verifyLeafNodeSignatureKeyPackage(leafNode, cs.signature)
        ])
        if (isSigned.includes(false)) throw new AppError('untrusted', 'key package signature')
        const { notBefore, notAfter } = leafNode.lifetime
        return {
          credential: credentialOf(leafNode),
          signatureKey: leafNode.signaturePublicKey,
          notBefore: Number(notBefore) * 1000,
          notAfter: Number(notAfter) * 1000
        }
      }),

    create: ({ groupId, own, now }) =>
      guard('new group', async () => {
        const { publicPackage, privatePackage } = await makePackage(own, { notBefore: now, notAfter: now + FOUNDER_MS })
        return toEpoch(await createGroup(groupId, publicPackage, privatePackage, [], cs, trustAll))
      }),
    join: ({ welcome, tree, keys, own, check, now }) =>
      guard('welcome', async () => {
        const { init, leaf } = keyPackageSecret.decode(keys.secret)
        const checking = config(check, now)
        const state = await joinGroup(
          read(welcome, 'mls_welcome').welcome,
          readPackage(keys.keyPackage),
          { initPrivateKey: init, hpkePrivateKey: leaf, signaturePrivateKey: own.signatureSeed },
          emptyPskIndex,
          cs,
          need(decodeRatchetTree(tree, 0), tree.length),
          undefined,
          checking
        )
        checking.end()
        if (state.groupContext.extensions.length > 0) throw new AppError('untrusted', 'a group with extensions')
        return toEpoch(state)
      }),
    commit: (epoch, { add, remove, credential, aad, check, now }) =>
      guard('commit', async () => {
        const old = stateOf(epoch)
        const { leafIndex } = old.privatePath
        const checking = config(check, now)
        const { newState, commit, welcome } = await createCommit(
          {
            state: { ...withCredential(old, credential), clientConfig: checking },
            pskIndex: emptyPskIndex,
            cipherSuite: cs
          },
          {
            authenticatedData: aad,
            extraProposals: [
              ...remove.map((removed) => ({ proposalType: 'remove' as const, remove: { removed } })),
              ...add.map((data) => ({ proposalType: 'add' as const, add: { keyPackage: readPackage(data) } }))
            ]
          }
        )
        checking.end()
        // the key that sealed this commit is never used for a second one
        const { newTree } = await consumeRatchet(old.secretTree, 2 * leafIndex, 'commit', cs)
        return {
          commit: encodeMlsMessage(commit),
          welcome: welcome && encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome }),
          tree: welcome && saveEpoch(toEpoch(newState)).tree,
          before: toEpoch({ ...old, secretTree: newTree }),
          after: toEpoch(newState)
        }
      }),
    process: (epoch, data, { isAllowed, check, now }) =>
      guard('commit', async () => {
        const old = stateOf(epoch)
        const message = readPrivate(data)
        if (message.contentType !== 'commit') throw new AppError('malformed', 'not a commit')
        checkEpoch(old.groupContext, message)
        let view: CommitView | undefined
        const judge: IncomingMessageCallback = (incoming) => {
          view = toView(old, incoming, message.authenticatedData)
          return isAllowed(view) ? 'accept' : 'reject'
        }
        const checking = config(check, now)
        const state = { ...old, clientConfig: checking }
        const isOurs = ({ index }: Leaf): boolean => index === old.privatePath.leafIndex
        const result = await processPrivateMessage(state, message, emptyPskIndex, cs, judge).catch((error: unknown) => {
          // our leaf was taken out and put in anew: the library looks for us in a place that is another's now
          if (view?.removed.some(isOurs) === true) return undefined
          throw error
        })
        if (view !== undefined && (result === undefined || view.removed.some(isOurs))) {
          checking.end()
          return { view, before: epoch, after: undefined, committer: undefined }
        }
        if (result === undefined) throw new AppError('internal', 'a commit nobody judged')
        if (view === undefined || result.kind !== 'newState') throw new AppError('internal', 'a commit nobody judged')
        if (result.actionTaken === 'reject') throw new AppError('untrusted', 'a commit that is not allowed')
        checking.end()
        const { newState } = result
        const moved = newState.historicalReceiverData.get(old.groupContext.epoch) ?? newState
        const isRemoved = newState.groupActiveState.kind !== 'active'
        const before = toEpoch({ ...old, secretTree: moved.secretTree })
        if (isRemoved) return { view, before, after: undefined, committer: undefined }
        return { view, before, after: toEpoch(newState), committer: leafAt(newState.ratchetTree, view.committer.index) }
      }),

    seal: (epoch, plaintext, aad) =>
      guard('message', async () => {
        const state = { ...stateOf(epoch), clientConfig: trustAll }
        const { newState, privateMessage } = await createApplicationMessage(state, plaintext, cs, aad)
        const sealed = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage })
        return { epoch: toEpoch(newState), sealed }
      }),
    open: (epoch, sealed) =>
      guard('message', async () => {
        const state = stateOf(epoch)
        const message = readPrivate(sealed)
        checkEpoch(state.groupContext, message)
        const { senderDataSecret } = state.keySchedule
        const { secretTree, ...opened } = await unprotect(
          { ...state, context: state.groupContext, senderDataSecret },
          message
        )
        return { ...opened, epoch: toEpoch({ ...state, secretTree }) }
      }),
    openPast: (past, sealed) =>
      guard('message', async () => {
        const message = readPrivate(sealed)
        checkEpoch(pastOf(past).context, message)
        const { secretTree, ...opened } = await unprotect(pastOf(past), message)
        return { ...opened, past: toPastEpoch({ ...pastOf(past), secretTree }) }
      }),
    peek: (sealed) => {
      try {
        const { groupId, epoch, contentType, authenticatedData } = readPrivate(sealed)
        if (contentType === 'proposal' || epoch > BigInt(Number.MAX_SAFE_INTEGER)) throw new CodecError('not ours')
        return {
          groupId,
          number: Number(epoch),
          kind: contentType === 'commit' ? 'commit' : 'message',
          aad: authenticatedData
        }
      } catch (cause) {
        throw new AppError('malformed', 'not a sealed MLS message', { cause })
      }
    },

    leaves: (epoch) =>
      stateOf(epoch).ratchetTree.flatMap((node, at) => (node?.nodeType === 'leaf' ? [toLeaf(at / 2, node.leaf)] : [])),
    ownLeaf: (epoch) => leafAt(stateOf(epoch).ratchetTree, stateOf(epoch).privatePath.leafIndex),
    number: (epoch) => Number(stateOf(epoch).groupContext.epoch),
    groupId: (epoch) => stateOf(epoch).groupContext.groupId,
    authenticator: (epoch) => stateOf(epoch).keySchedule.epochAuthenticator,
    exportSecret: (epoch, label, context, size) =>
      mlsExporter(stateOf(epoch).keySchedule.exporterSecret, label, context, size, cs),

    save: saveEpoch,
    load: loadEpoch,
    toPast: shrinkEpoch,
    savePast: (past) => savedPasts.get(past),
    loadPast
  }
}

/** ML1: a renewed binding goes into the own leaf just before the commit that signs it anew. */
const withCredential = (state: GroupState, credential: Uint8Array | undefined): GroupState => {
  const at = 2 * state.privatePath.leafIndex
  const node = state.ratchetTree[at]
  if (credential === undefined || node?.nodeType !== 'leaf') return state
  const leaf = { ...node.leaf, credential: { credentialType: 'basic' as const, identity: credential } }
  return { ...state, ratchetTree: state.ratchetTree.with(at, { nodeType: 'leaf', leaf }) }
}

const toView = (state: GroupState, incoming: Parameters<IncomingMessageCallback>[0], aad: Uint8Array): CommitView => {
  if (incoming.kind !== 'commit') throw new AppError('untrusted', 'a proposal on its own')
  const added: CommitView['added'][number][] = []
  const removed: Leaf[] = []
  for (const { proposal, senderLeafIndex } of incoming.proposals) {
    if (senderLeafIndex !== incoming.senderLeafIndex) throw new AppError('untrusted', 'a proposal by somebody else')
    if (proposal.proposalType === 'add') {
      const { credential, signatureKey } = toLeaf(0, proposal.add.keyPackage.leafNode)
      added.push({ credential, signatureKey })
    } else if (proposal.proposalType === 'remove') {
      removed.push(leafAt(state.ratchetTree, proposal.remove.removed))
    } else throw new AppError('untrusted', 'a proposal of a kind that we do not use')
  }
  return { committer: leafAt(state.ratchetTree, incoming.senderLeafIndex), added, removed, aad }
}
