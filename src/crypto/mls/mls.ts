/**
 * What this app asks of an MLS library (RFC 9420): one member's view of one epoch, as an immutable value, and the operations
 * that make another of it. No type of a library appears here, so that another one can stand behind it. What is ours and not
 * MLS (who a credential is, which epochs are kept, who may commit what) is decided by the callers, never in here.
 */
import type { Branded } from '../../base/ids.ts'

export type MlsSuiteName = 'mls-xwing' | 'mls-x25519'

/** One member's whole view of one epoch: keys, tree, ratchets. Never changes: operations answer another one. */
export type Epoch = Branded<object, 'Epoch'>
/** What is left of an epoch for reading its late messages: no tree keys, nothing to commit with. */
export type PastEpoch = Branded<object, 'PastEpoch'>

/**
 * An epoch as bytes, in parts. A part that did not change is the very same object as before, so that a message in a large
 * group rewrites its ratchets and not the tree.
 */
export type EpochParts = Readonly<Record<'core' | 'tree' | 'secrets', Uint8Array>>

/** A member as the tree has it: its place, its signature key and its credential's bytes. */
export interface Leaf {
  readonly index: number
  readonly signatureKey: Uint8Array
  readonly credential: Uint8Array
}

export interface KeyPackagePair {
  /** Public: goes to whoever adds us. */
  readonly keyPackage: Uint8Array
  /** What opens the Welcome. */
  readonly secret: Uint8Array
}

export interface KeyPackageInfo {
  readonly credential: Uint8Array
  readonly signatureKey: Uint8Array
  /** Milliseconds. */
  readonly notBefore: number
  readonly notAfter: number
}

/** What a commit does, before it is applied. */
export interface CommitView {
  readonly committer: Leaf
  /** Key packages' leaves; their index is not known yet. */
  readonly added: readonly Omit<Leaf, 'index'>[]
  readonly removed: readonly Leaf[]
  readonly aad: Uint8Array
}

export interface Committed {
  readonly commit: Uint8Array
  /** For those added, without the tree: that is the same for all and goes apart. */
  readonly welcome: Uint8Array | undefined
  readonly tree: Uint8Array | undefined
  /** The old epoch, its own ratchet moved on so that no key is used twice, and the new one. */
  readonly before: Epoch
  readonly after: Epoch
}

export interface Processed {
  readonly view: CommitView
  readonly before: Epoch
  /** Absent when the commit removes us: we cannot know the next epoch. */
  readonly after: Epoch | undefined
  /** The committer's leaf in the new tree. */
  readonly committer: Leaf | undefined
}

export interface OpenedMessage {
  readonly plaintext: Uint8Array
  readonly aad: Uint8Array
  readonly sender: Leaf
}

/** Asked for every credential that enters a view of ours: by key package, commit or Welcome. */
export type CheckCredential = (credential: Uint8Array, signatureKey: Uint8Array) => Promise<boolean>

export interface Own {
  readonly credential: Uint8Array
  /** Ed25519. */
  readonly signatureKey: Uint8Array
  readonly signatureSeed: Uint8Array
}

/** Every operation refuses with AppError: `malformed`, `untrusted`, `undecryptable`, `conflict` (opened before), `not-ready` (a later epoch). */
export interface Mls {
  readonly name: MlsSuiteName
  makeKeyPackage(own: Own, lifetime: { readonly notBefore: number; readonly notAfter: number }): Promise<KeyPackagePair>
  /** Checks its own signatures; whose it is, the credential says. */
  readKeyPackage(keyPackage: Uint8Array): Promise<KeyPackageInfo>

  create(options: { readonly groupId: Uint8Array; readonly own: Own; readonly now: number }): Promise<Epoch>
  /** @param options.tree the ratchet tree where it came apart from the Welcome. */
  join(options: {
    readonly welcome: Uint8Array
    readonly tree: Uint8Array
    readonly keys: KeyPackagePair
    readonly own: Own
    readonly check: CheckCredential
    readonly now: number
  }): Promise<Epoch>
  /** Adds and removals by value, always with a fresh path where the standard allows one. `credential` replaces the own one. */
  commit(
    epoch: Epoch,
    options: {
      readonly add: readonly Uint8Array[]
      readonly remove: readonly number[]
      readonly credential?: Uint8Array
      readonly aad: Uint8Array
      readonly check: CheckCredential
      readonly now: number
    }
  ): Promise<Committed>
  /** `isAllowed` is asked before anything is applied. Only sealed commits by a member that carry all by value. */
  process(
    epoch: Epoch,
    commit: Uint8Array,
    options: {
      readonly isAllowed: (view: CommitView) => boolean
      readonly check: CheckCredential
      readonly now: number
    }
  ): Promise<Processed>

  seal(
    epoch: Epoch,
    plaintext: Uint8Array,
    aad: Uint8Array
  ): Promise<{ readonly epoch: Epoch; readonly sealed: Uint8Array }>
  open(epoch: Epoch, sealed: Uint8Array): Promise<OpenedMessage & { readonly epoch: Epoch }>
  openPast(past: PastEpoch, sealed: Uint8Array): Promise<OpenedMessage & { readonly past: PastEpoch }>
  /** What anybody can read on a sealed message or commit; nothing of it is authenticated before it is opened. */
  peek(sealed: Uint8Array): {
    readonly groupId: Uint8Array
    readonly number: number
    readonly kind: 'message' | 'commit'
    readonly aad: Uint8Array
  }

  leaves(epoch: Epoch): readonly Leaf[]
  ownLeaf(epoch: Epoch): Leaf
  number(epoch: Epoch): number
  groupId(epoch: Epoch): Uint8Array
  authenticator(epoch: Epoch): Uint8Array
  exportSecret(epoch: Epoch, label: string, context: Uint8Array, size: number): Promise<Uint8Array>

  save(epoch: Epoch): EpochParts
  /** The signature seed is not in the parts: it has a place of its own on the device. */
  load(parts: EpochParts, own: Own): Epoch
  /** `who` shortens a credential to what its reader needs to know of a sender. */
  toPast(epoch: Epoch, who: (credential: Uint8Array) => Uint8Array): PastEpoch
  savePast(past: PastEpoch): Uint8Array
  loadPast(data: Uint8Array): PastEpoch
}
