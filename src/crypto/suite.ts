/**
 * SU1: a suite is data and one interface. State is opaque bytes, in and out, and nothing is remembered between calls but
 * caches: the messenger writes the new state in the same transaction as what it did with the result. A suite whose state
 * did not change answers the very object it was given, so that nothing needs writing.
 */
import type { Branded } from '../base/ids.ts'
import type { VerifiedBinding } from './binding.ts'
import { type DeviceId, keyFromDeviceId } from './device-id.ts'
import type { Did } from './did.ts'
import type { VerifiedDocument } from './document.ts'
import { type Domain, DOMAINS } from './domains.ts'
import { hmac, inDomain } from './hash.ts'

export interface SuiteProperties {
  readonly forwardSecrecy: boolean
  readonly postCompromise: boolean
  readonly postQuantum: boolean
  /** Most devices in one session. */
  readonly largestGroup: number
}

/** Whose device; all that is known of the members of an MLS session and of whoever sealed something. */
export interface SessionMember {
  readonly did: Did
  readonly device: DeviceId
}

/** A device in a session, as its verified binding and document describe it. */
export interface Member extends SessionMember {
  readonly certificate: Uint8Array
  readonly signing: Uint8Array
  readonly encryption: readonly Uint8Array[]
  /** IN4: by which an MLS session adds it; other suites ignore it. */
  readonly keyPackage?: Uint8Array
}

/**
 * Opaque. One piece, or named parts: then a part that did not change is the very same object as before, and only the others
 * need writing (a message in a group of 256 changes kilobytes of megabytes).
 */
export type SessionState = Uint8Array | ReadonlyMap<string, Uint8Array>

/** What has to be written so that the disk has `after` where it had `before`. One piece has the name ''. */
export const diffState = (
  before: SessionState | undefined,
  after: SessionState
): { readonly put: ReadonlyMap<string, Uint8Array>; readonly drop: readonly string[] } => {
  const toParts = (state: SessionState | undefined): ReadonlyMap<string, Uint8Array> =>
    state instanceof Uint8Array ? new Map([['', state]]) : (state ?? new Map())
  const [old, fresh] = [toParts(before), toParts(after)]
  return {
    put: new Map([...fresh].filter(([name, part]) => old.get(name) !== part)),
    drop: [...old.keys()].filter((name) => !fresh.has(name))
  }
}

export interface Changed {
  readonly state: SessionState
  /** To be delivered to the members that were there before, and to those who are new; absent where a suite needs none. */
  readonly toMembers?: Uint8Array
  readonly toNewcomers?: Uint8Array
  /** What newcomers need besides: the same for all of them, so it is delivered once (MB9). */
  readonly tree?: Uint8Array
}

export interface Suite {
  readonly id: string
  /** What the suite can do; `propertiesOf` says what a session does with the members it has. */
  readonly properties: SuiteProperties
  propertiesOf(state: SessionState): SuiteProperties
  /** `members` includes the own device. @throws AppError `quota` above `largestGroup`. */
  create(options: {
    readonly group: Uint8Array
    readonly generation: number
    readonly members: readonly Member[]
  }): Promise<Changed>
  add(state: SessionState, members: readonly Member[]): Promise<Changed>
  remove(state: SessionState, devices: readonly DeviceId[]): Promise<Changed>
  members(state: SessionState): readonly SessionMember[]
  seal(
    state: SessionState,
    plaintext: Uint8Array,
    now: number
  ): Promise<{ readonly state: SessionState; readonly sealed: Uint8Array }>
  /**
   * @throws AppError `malformed`, `undecryptable`, or `untrusted` when no member of the session sealed it. Suites that move in
   * epochs: `conflict` (opened before), `not-ready` (its epoch has not come, or it is spoilt), `not-found` (its epoch is gone).
   */
  open(
    state: SessionState,
    sealed: Uint8Array
  ): Promise<{
    readonly state: SessionState
    readonly sender: SessionMember
    readonly plaintext: Uint8Array
    /** In which epoch it was sealed; of MLS suites. It speaks for that epoch's branch (ML3). */
    readonly epoch?: EpochId
  }>
  /** What suites that move in epochs can do besides; `add` and `remove` then commit and follow at once. */
  readonly epochs?: Epochs
}

// ── sessions that move in epochs (ML1–ML6) ───────────────────────────────────────────────────────────────────────────

/** base64url of the SHA-256 of the commit that began it. */
export type EpochId = Branded<string, 'EpochId'>

export interface EpochInfo {
  readonly id: EpochId
  /** Absent where we entered. */
  readonly parent?: EpochId
  readonly number: number
  /** Absent where we entered. */
  readonly committer?: SessionMember
  readonly added: readonly SessionMember[]
  readonly removed: readonly SessionMember[]
  /** When its committer says it was made, within what its parent and our clock allow. */
  readonly issued: number
  /** False: this commit removes us, so there is nothing to follow. */
  readonly isMember: boolean
}

/** A commit of our own. `state` holds both the old epoch, still the current one, and the new one (ML2). */
export interface OwnCommit {
  readonly state: SessionState
  readonly epoch: EpochInfo
  readonly commit: Uint8Array
  readonly welcome?: Uint8Array
  readonly tree?: Uint8Array
}

export interface KeyPackagePair {
  readonly keyPackage: Uint8Array
  /** Kept until the key package's lifetime ends. */
  readonly secret: Uint8Array
}

/** What somebody's commit wants to do, for RO2 to judge before it is applied. */
export type CommitRequest = Pick<EpochInfo, 'number' | 'added' | 'removed'> & { readonly committer: SessionMember }

export interface Epochs {
  makeKeyPackage(lifetime: { readonly notBefore: number; readonly notAfter: number }): Promise<KeyPackagePair>
  /** Whose key package, when all its signatures hold and the device is bound. @throws AppError `malformed`, `untrusted`. */
  readKeyPackage(keyPackage: Uint8Array): Promise<SessionMember & { readonly notAfter: number }>
  join(options: {
    readonly welcome: Uint8Array
    readonly tree: Uint8Array
    readonly keys: KeyPackagePair
  }): Promise<{ readonly state: SessionState; readonly group: Uint8Array; readonly generation: number }>
  /**
   * A state of the same session that was joined again: what the old one could read stays readable, the joined epoch is
   * the current one. A known epoch changes nothing.
   */
  enter(state: SessionState, joined: SessionState): SessionState

  /** Nothing is added and nothing removed: the own leaf is renewed (ML6), with `binding` as its credential where given. */
  commit(
    state: SessionState,
    options: {
      readonly add?: readonly Uint8Array[]
      readonly remove?: readonly DeviceId[]
      readonly binding?: Uint8Array
    }
  ): Promise<OwnCommit>
  /**
   * Somebody's commit, on any epoch that is still kept; a known one answers what is known. Follows nothing by itself.
   * @throws AppError `not-ready` (its parent has not come, or it is spoilt: keep it for a while), `not-found` (its parent is
   * gone), `conflict`, `quota` (its device floods us with rivals), `malformed`, `too-large`, `untrusted`.
   */
  receive(
    state: SessionState,
    commit: Uint8Array,
    isAllowed: (request: CommitRequest) => boolean
  ): Promise<{ readonly state: SessionState; readonly epoch: EpochInfo }>
  /** Makes a known epoch the current one, and lets go of what ML3 and ML4 no longer need. */
  follow(state: SessionState, epoch: EpochId): SessionState
  /** Lets go of what is too old, where nothing else happens. */
  sweep(state: SessionState): SessionState

  current(state: SessionState): EpochInfo
  /** Who is in a known epoch, followed or not. */
  membersIn(state: SessionState, epoch: EpochId): readonly SessionMember[]
  /** All that could be followed, parents first. */
  known(state: SessionState): readonly EpochInfo[]
  /** ML5: the same for all who are in the same epoch on the same branch. */
  authenticator(state: SessionState): Uint8Array
  /** MB1: keys that only the members of the current epoch have. */
  exportSecret(state: SessionState, domain: Domain, size: number): Promise<Uint8Array>
}

export const memberOf = (document: VerifiedDocument, binding: VerifiedBinding): Member => ({
  did: document.did,
  device: binding.device,
  certificate: document.certificate.bytes,
  signing: binding.signing,
  encryption: binding.encryption
})

/** The envelope's tag for one receiving device. Only members know `group`, so to others it looks random. */
export const routeFor = (group: Uint8Array, device: string): Uint8Array =>
  hmac(group, inDomain(DOMAINS.route, keyFromDeviceId(device))).slice(0, 16)
