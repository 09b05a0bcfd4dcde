/**
 * A page hosts the real RTCPeerConnections of the worker behind `port`. One worker at a time: hosting for a new one closes
 * everything that was hosted for the one before. Nothing outlives the page or its worker.
 */
import type { FromPage, RtcCall, StateEvent, ToPage } from '../contract.ts'
import { hostChannel } from './channel.ts'
import type { HostedChannel } from './channel.ts'

interface HostedConnection {
  readonly pc: RTCPeerConnection
  readonly channels: Map<number, HostedChannel>
}

const STATE_EVENTS: readonly StateEvent[] = [
  'connectionstatechange',
  'iceconnectionstatechange',
  'icegatheringstatechange',
  'signalingstatechange'
]

let stopHosting: (() => void) | undefined

/** Does nothing where there is no WebRTC: the worker then stays relayed. */
export const hostRtc = (port: MessagePort): void => {
  stopHosting?.()
  stopHosting = undefined
  if (!('RTCPeerConnection' in globalThis)) return
  stopHosting = startHosting(port)
}

const isVisible = (): boolean => document.visibilityState === 'visible'

const startHosting = (port: MessagePort): (() => void) => {
  const connections = new Map<number, HostedConnection>()
  const listening = new AbortController()
  const post = (message: FromPage, transfer: Transferable[] = []): void => port.postMessage(message, transfer)

  const closeAll = (): void => {
    for (const number of connections.keys()) closeConnection(number)
  }

  const closeConnection = (number: number): void => {
    const hosted = connections.get(number)
    if (hosted === undefined) return
    connections.delete(number)
    hosted.pc.close()
    for (const channel of hosted.channels.values()) channel.forget()
  }

  const receive = (message: ToPage): void => {
    if (message.kind === 'new') {
      open(message.pc, message.configuration)
      return
    }
    const hosted = connections.get(message.pc)
    if (hosted === undefined) {
      if (message.kind === 'call')
        threw(message.pc, message.call, new DOMException('no such connection', 'InvalidStateError'))
      return
    }
    switch (message.kind) {
      case 'call':
        void answer(hosted.pc, message.pc, message.call, message.what)
        break
      case 'close':
        closeConnection(message.pc)
        break
      case 'make-channel':
        adopt(hosted, message.pc, message.channel, () =>
          hosted.pc.createDataChannel(message.label, { ...message.init })
        )
        break
      case 'send':
        hosted.channels.get(message.channel)?.send(message.data)
        break
      case 'taken':
        hosted.channels.get(message.channel)?.taken(message.bytes)
        break
      case 'close-channel':
        hosted.channels.get(message.channel)?.close()
        break
    }
  }

  const open = (
    number: number,
    { iceServers, iceTransportPolicy }: Extract<ToPage, { kind: 'new' }>['configuration']
  ): void => {
    let pc: RTCPeerConnection
    try {
      pc = new RTCPeerConnection({
        iceServers: iceServers.map(({ urls }) => ({ urls: typeof urls === 'string' ? urls : [...urls] })),
        ...(iceTransportPolicy === undefined ? {} : { iceTransportPolicy })
      })
    } catch {
      // too many, or forbidden by a policy: the first call on it says so
      return
    }
    const hosted: HostedConnection = { pc, channels: new Map() }
    connections.set(number, hosted)
    for (const event of STATE_EVENTS) {
      pc.addEventListener(event, () => {
        const { connectionState, iceConnectionState, iceGatheringState, signalingState } = pc
        post({
          kind: 'state',
          pc: number,
          event,
          state: { connectionState, iceConnectionState, iceGatheringState, signalingState }
        })
        if (connectionState === 'failed' || connectionState === 'closed') closeConnection(number)
      })
    }
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null) {
        post({ kind: 'candidate', pc: number, candidate: null })
        return
      }
      const { candidate: text, sdpMid, sdpMLineIndex, usernameFragment } = candidate
      post({ kind: 'candidate', pc: number, candidate: { candidate: text, sdpMid, sdpMLineIndex, usernameFragment } })
    })
    // even numbers: the worker names its own channels with odd ones
    let nextChannel = 2
    pc.addEventListener('datachannel', ({ channel }) => {
      const named = nextChannel
      nextChannel += 2
      const { label, protocol, id, readyState } = channel
      post({ kind: 'got-channel', pc: number, channel: named, label, protocol, id, readyState })
      adopt(hosted, number, named, () => channel)
    })
  }

  const adopt = (hosted: HostedConnection, pc: number, channel: number, make: () => RTCDataChannel): void => {
    try {
      const real = make()
      const onOver = (): void => void hosted.channels.delete(channel)
      hosted.channels.set(channel, hostChannel({ real, pc, channel, post, onOver }))
    } catch (error) {
      post({ kind: 'channel-error', pc, channel, message: error instanceof Error ? error.message : 'no channel' })
      post({ kind: 'closed', pc, channel })
    }
  }

  const answer = async (pc: RTCPeerConnection, number: number, call: number, what: RtcCall): Promise<void> => {
    try {
      post({ kind: 'returned', pc: number, call, description: await perform(pc, what) })
    } catch (error) {
      threw(number, call, error)
    }
  }

  const threw = (pc: number, call: number, error: unknown): void => {
    const { name, message } = error instanceof Error ? error : { name: 'OperationError', message: String(error) }
    post({ kind: 'threw', pc, call, name, message })
  }

  const { signal } = listening
  port.addEventListener('message', ({ data }: MessageEvent<ToPage>) => receive(data), { signal })
  port.addEventListener('close', closeAll, { signal })
  port.start()
  document.addEventListener('visibilitychange', () => post({ kind: 'visible', visible: isVisible() }), { signal })
  globalThis.addEventListener(
    'pagehide',
    () => {
      post({ kind: 'bye' })
      closeAll()
    },
    { signal }
  )
  globalThis.addEventListener(
    'pageshow',
    ({ persisted }) => {
      if (persisted) post({ kind: 'here', visible: isVisible() })
    },
    { signal }
  )
  post({ kind: 'here', visible: isVisible() })

  return () => {
    listening.abort()
    closeAll()
    port.close()
  }
}

const perform = async (pc: RTCPeerConnection, what: RtcCall) => {
  switch (what.method) {
    case 'createOffer':
      return plain(await pc.createOffer())
    case 'createAnswer':
      return plain(await pc.createAnswer())
    case 'setLocalDescription':
      await pc.setLocalDescription(what.description)
      return plain(pc.localDescription)
    case 'setRemoteDescription':
      if (what.description !== undefined) await pc.setRemoteDescription(what.description)
      return plain(pc.remoteDescription)
    case 'addIceCandidate':
      await pc.addIceCandidate(what.candidate)
      return undefined
  }
}

const plain = (description: RTCSessionDescriptionInit | null) =>
  description === null ? undefined : { type: description.type, sdp: description.sdp ?? '' }
