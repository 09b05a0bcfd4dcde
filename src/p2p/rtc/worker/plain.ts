/** RTCIceCandidate and RTCSessionDescription are only data; a worker has neither. */
import type { PlainCandidate, PlainDescription } from '../contract.ts'

export class WorkerIceCandidate {
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
  readonly usernameFragment: string | null

  constructor(init: Partial<PlainCandidate> = {}) {
    this.candidate = init.candidate ?? ''
    this.sdpMid = init.sdpMid ?? null
    this.sdpMLineIndex = init.sdpMLineIndex ?? null
    this.usernameFragment = init.usernameFragment ?? null
  }

  toJSON(): PlainCandidate {
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = this
    return { candidate, sdpMid, sdpMLineIndex, usernameFragment }
  }
}

export class WorkerSessionDescription {
  readonly type: PlainDescription['type']
  readonly sdp: string

  constructor({ type, sdp = '' }: PlainDescription) {
    this.type = type
    this.sdp = sdp
  }

  toJSON(): PlainDescription {
    return { type: this.type, sdp: this.sdp }
  }
}
