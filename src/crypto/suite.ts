/**
 * SU1: a suite is data and one interface. State is opaque bytes, in and out, and nothing is remembered between calls but
 * caches: the messenger writes the new state in the same transaction as what it did with the result. A suite whose state
 * did not change answers the very object it was given, so that nothing needs writing.
 */
import type { VerifiedBinding } from './binding.ts'
import { type DeviceId, keyFromDeviceId } from './device-id.ts'
import type { Did } from './did.ts'
import type { VerifiedDocument } from './document.ts'
import { DOMAINS } from './domains.ts'
import { hmac, inDomain } from './hash.ts'

export interface SuiteProperties {
  readonly forwardSecrecy: boolean
  readonly postCompromise: boolean
  readonly postQuantum: boolean
  /** Most devices in one session. */
  readonly largestGroup: number
}

/** A device in a session, as its verified binding and document describe it. */
export interface Member {
  readonly did: Did
  readonly device: DeviceId
  readonly certificate: Uint8Array
  readonly signing: Uint8Array
  readonly encryption: readonly Uint8Array[]
}

export type SessionState = Uint8Array

export interface Changed {
  readonly state: SessionState
  /** To be delivered to the members that were there before, and to those who are new; absent where a suite needs none. */
  readonly toMembers?: Uint8Array
  readonly toNewcomers?: Uint8Array
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
  members(state: SessionState): readonly Member[]
  seal(
    state: SessionState,
    plaintext: Uint8Array,
    now: number
  ): Promise<{ readonly state: SessionState; readonly sealed: Uint8Array }>
  /** @throws AppError `malformed`, `undecryptable`, or `untrusted` when no member of the session sealed it. */
  open(
    state: SessionState,
    sealed: Uint8Array
  ): Promise<{
    readonly state: SessionState
    readonly sender: { readonly did: Did; readonly device: DeviceId }
    readonly plaintext: Uint8Array
  }>
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
