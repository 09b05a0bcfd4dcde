/**
 * The messenger's one port to the world: how envelopes leave and arrive, and where public records are kept.
 * Implemented by `p2p/net.ts` on libp2p and by `test/sim` on a seeded network; one contract suite binds both.
 * Types only: nothing here runs.
 */
import type { Path } from '../model/delivery.ts'
import type { DeviceId, Did } from '../model/ids.ts'

// the ids in this port's own signatures, for implementers that may not import the model
export type { DeviceId, Did, Path }

/** A relay as it is named in heads and invites: one multiaddr ending in `/p2p/<peer id>`. */
export type HomeAddress = string

export type Target =
  /** A device of a contact: over an open connection, direct or relayed, else dialled through its homes. */
  | {
      readonly to: 'device'
      readonly device: DeviceId
      readonly homes: readonly HomeAddress[]
      readonly relayOnly?: boolean
    }
  /** First contact: whatever devices of this account attend its inbox at one of the homes. Only for `request` envelopes. */
  | { readonly to: 'inbox'; readonly did: Did; readonly homes: readonly HomeAddress[] }

export type DeliverResult =
  /** The device answered after its durable write. `answer` is decoded by the messenger. `device` is who answered. */
  | { readonly outcome: 'delivered'; readonly device: DeviceId; readonly answer: Uint8Array; readonly path: Path }
  /** Storage nodes keep it (mailboxes; not before they exist). */
  | { readonly outcome: 'held'; readonly by: number }
  /** Nobody took it now. Try again later; nothing is lost. */
  | { readonly outcome: 'unreachable'; readonly why: string }
  /** The other side took the frame and said no: it will say no again to the same bytes. */
  | { readonly outcome: 'refused'; readonly why: string }

/** An envelope that arrived. `from` is the Noise-authenticated device, absent when a home passed it on. */
export interface Arrived {
  readonly from?: DeviceId
  readonly path: Path
  readonly envelope: Uint8Array
}

/**
 * What the handler says; `answer` goes back to the sender. Refuse only what can never be accepted. `absent` is for those who
 * may not learn that we are here (IN3 before acceptance, IN5 blocked): the sender must see what it sees when no device
 * is there, so the stream is reset without an answer.
 */
export type EnvelopeAnswer =
  | { readonly outcome: 'taken'; readonly answer: Uint8Array }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'refused'; readonly why: 'malformed' | 'untrusted' | 'needs-newer' }

export interface Reachability {
  readonly online: boolean
  readonly state: 'offline' | 'connecting' | 'connected'
  /** Devices with an open connection, and the best path to each. */
  readonly devices: ReadonlyMap<DeviceId, { readonly path: Path; readonly roundTripMs?: number }>
  /** Relays where a reservation is in force: what heads and invites name as homes. */
  readonly homes: readonly HomeAddress[]
}

/** Public records at the homes: heads by did, documents by hash, sealed cards by id (ID3, ID3a, ID5, IN1). */
export interface Directory {
  /** Publishes at all `homes` in reach; answers how many accepted. The document must be the one the head names. */
  publish(record: { readonly head: Uint8Array; readonly document: Uint8Array }): Promise<number>
  /** Every distinct head that the asked homes know, unverified. `homes` are asked besides our own relays. */
  heads(did: Did, homes: readonly HomeAddress[]): Promise<readonly Uint8Array[]>
  /** The did whose first root has this OpenPGP fingerprint (32 bytes), as claimed by homes; verify before use. */
  didsByFingerprint(fingerprint: Uint8Array): Promise<readonly Did[]>
  /** The document whose SHA-256 is `hash`, checked against it, or undefined. */
  document(hash: Uint8Array, homes: readonly HomeAddress[]): Promise<Uint8Array | undefined>
  /** A sealed card under a 32-byte id; later puts and `sealed: undefined` (revocation) need the same writer key. */
  putCard(card: {
    readonly id: Uint8Array
    readonly writer: { readonly publicKey: Uint8Array; sign(bytes: Uint8Array): Uint8Array }
    readonly sealed: Uint8Array | undefined
    readonly endsAt: number
  }): Promise<number>
  card(id: Uint8Array, homes: readonly HomeAddress[]): Promise<Uint8Array | undefined | 'unreachable'>
}

export interface Net {
  deliver(target: Target, envelope: Uint8Array, options: { readonly signal: AbortSignal }): Promise<DeliverResult>
  /** One handler; it answers only after its durable write. */
  onEnvelope(handler: (arrived: Arrived) => Promise<EnvelopeAnswer>): void
  readonly directory: Directory
  /**
   * Attends the inbox of the account at every relay in use: `makeProof(peerId)` returns a signed `attend` frame
   * (wire/directory.ts) for that relay. Called again after each reconnect.
   */
  attendInbox(makeProof: (relay: string) => Uint8Array): void
  /** Starts connections to devices worth being close to (open chats), so that the first message is fast. */
  warm(targets: readonly Target[]): void
  /** Devices we refuse to talk to at all (blocked): their connections are closed and dials denied. */
  deny(devices: readonly DeviceId[]): void
  reachability(): Reachability
  /** Called at every change; returns how to stop. */
  onReachability(listener: (now: Reachability) => void): () => void
}
