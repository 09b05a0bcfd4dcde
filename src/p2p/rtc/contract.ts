/**
 * What crosses the port between the worker, which thinks it has RTCPeerConnection, and the page that really has it.
 * Both ends are of one build. Messages keep their order. `pc` is numbered by the worker; `channel` by whoever made it
 * (worker odd, page even), so that neither waits for the other to name one.
 */
export interface PlainDescription {
  readonly type: 'offer' | 'answer' | 'pranswer' | 'rollback'
  readonly sdp?: string
}

export interface PlainCandidate {
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
  readonly usernameFragment: string | null
}

export interface PlainConfiguration {
  readonly iceServers: readonly { readonly urls: string | readonly string[] }[]
  readonly iceTransportPolicy?: 'all' | 'relay'
}

export interface PlainChannelInit {
  readonly ordered?: boolean
  readonly protocol?: string
  readonly negotiated?: boolean
  readonly id?: number
}

export type RtcCall =
  | { readonly method: 'createOffer' | 'createAnswer' }
  | {
      readonly method: 'setLocalDescription' | 'setRemoteDescription'
      readonly description: PlainDescription | undefined
    }
  | { readonly method: 'addIceCandidate'; readonly candidate: PlainCandidate | undefined }

export interface PlainState {
  readonly connectionState: string
  readonly iceConnectionState: string
  readonly iceGatheringState: string
  readonly signalingState: string
}

export type StateEvent =
  | 'connectionstatechange'
  | 'iceconnectionstatechange'
  | 'icegatheringstatechange'
  | 'signalingstatechange'

export type ToPage =
  | { readonly kind: 'new'; readonly pc: number; readonly configuration: PlainConfiguration }
  | { readonly kind: 'call'; readonly pc: number; readonly call: number; readonly what: RtcCall }
  | { readonly kind: 'close'; readonly pc: number }
  | {
      readonly kind: 'make-channel'
      readonly pc: number
      readonly channel: number
      readonly label: string
      readonly init: PlainChannelInit
    }
  | { readonly kind: 'send'; readonly pc: number; readonly channel: number; readonly data: ArrayBuffer | string }
  /** So many bytes of what came in have been handed on: the page may post more. */
  | { readonly kind: 'taken'; readonly pc: number; readonly channel: number; readonly bytes: number }
  | { readonly kind: 'close-channel'; readonly pc: number; readonly channel: number }

export type FromPage =
  /** This page can host; again when it comes back from the back-forward cache. */
  | { readonly kind: 'here'; readonly visible: boolean }
  | { readonly kind: 'visible'; readonly visible: boolean }
  /** The page is about to go; its connections are closed. */
  | { readonly kind: 'bye' }
  | { readonly kind: 'state'; readonly pc: number; readonly event: StateEvent; readonly state: PlainState }
  | { readonly kind: 'candidate'; readonly pc: number; readonly candidate: PlainCandidate | null }
  | {
      readonly kind: 'returned'
      readonly pc: number
      readonly call: number
      readonly description: PlainDescription | undefined
    }
  | {
      readonly kind: 'threw'
      readonly pc: number
      readonly call: number
      readonly name: string
      readonly message: string
    }
  | {
      readonly kind: 'got-channel'
      readonly pc: number
      readonly channel: number
      readonly label: string
      readonly protocol: string
      readonly id: number | null
      readonly readyState: string
    }
  | { readonly kind: 'opened'; readonly pc: number; readonly channel: number; readonly id: number | null }
  | { readonly kind: 'closing' | 'closed'; readonly pc: number; readonly channel: number }
  | { readonly kind: 'channel-error'; readonly pc: number; readonly channel: number; readonly message: string }
  | { readonly kind: 'data'; readonly pc: number; readonly channel: number; readonly data: ArrayBuffer | string }
  /** So many bytes of what was sent in all have left the real channel's buffer: `bufferedAmount` is the rest. */
  | { readonly kind: 'flushed'; readonly pc: number; readonly channel: number; readonly bytes: number }

/** A message larger than every browser takes is refused before it is copied. libp2p sends 16 KiB at a time. */
export const MAX_MESSAGE_BYTES = 256 * 1024

/** Sent and not yet flushed: a real channel fails here too (Chromium at 16 MiB). libp2p stops at 2 MiB by itself. */
export const MAX_UNFLUSHED_BYTES = 16 * 1024 * 1024

/** Received and not yet taken by the worker: a channel whose reader stopped is closed rather than kept in memory. */
export const MAX_UNTAKEN_BYTES = 16 * 1024 * 1024

/** The worker says what it took in steps of this. */
export const TAKEN_STEP_BYTES = 256 * 1024

export const sizeOf = (data: ArrayBuffer | string): number =>
  // WebRTC counts UTF-8; nobody here sends text but for completeness, so the upper bound of three bytes will do
  typeof data === 'string' ? data.length * 3 : data.byteLength
