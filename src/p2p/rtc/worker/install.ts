/**
 * Gives this worker WebRTC. It must be the entry's very first import: `@libp2p/webrtc` reads the globals when its module
 * is evaluated. Where they exist (a page), nothing is replaced.
 */
import { WorkerPeerConnection } from './peer-connection.ts'
import { WorkerIceCandidate, WorkerSessionDescription } from './plain.ts'

if (!('RTCPeerConnection' in globalThis)) {
  Object.assign(globalThis, {
    RTCPeerConnection: WorkerPeerConnection,
    RTCIceCandidate: WorkerIceCandidate,
    RTCSessionDescription: WorkerSessionDescription
  })
}
