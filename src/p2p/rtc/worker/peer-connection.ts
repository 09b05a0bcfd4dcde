/**
 * RTCPeerConnection for a worker: a page hosts the real one. Without a page it is born failed and every call rejects at
 * once, so that a dial goes on over the relay. When its page goes, it fails at that moment with everything in it.
 */
import type { FromPage, PlainConfiguration, PlainDescription, RtcCall, StateEvent, ToPage } from '../contract.ts'
import { WorkerDataChannel } from './data-channel.ts'
import { Emitter } from './emitter.ts'
import type { Listener } from './emitter.ts'
import { rtcHosts } from './hosts.ts'
import type { Hosting } from './hosts.ts'
import { WorkerIceCandidate, WorkerSessionDescription } from './plain.ts'

type CandidateInit = ConstructorParameters<typeof WorkerIceCandidate>[0]

export class WorkerPeerConnection extends Emitter {
  connectionState: string = 'new'
  iceConnectionState: string = 'new'
  iceGatheringState: string = 'new'
  signalingState: string = 'stable'
  localDescription: WorkerSessionDescription | null = null
  remoteDescription: WorkerSessionDescription | null = null
  readonly #hosting: Hosting | undefined
  readonly #channels = new Map<number, WorkerDataChannel>()
  readonly #calls = new Map<number, PromiseWithResolvers<PlainDescription | undefined>>()
  #nextChannel = 1
  #nextCall = 1
  #ended = false

  constructor(configuration: Partial<PlainConfiguration> = {}) {
    super()
    this.#hosting = rtcHosts.place({ receive: (message) => this.#receive(message), lost: () => this.#lost() })
    if (this.#hosting === undefined) {
      this.#setStates('failed')
      return
    }
    const { iceServers = [], iceTransportPolicy } = configuration
    const plain = { iceServers, ...(iceTransportPolicy === undefined ? {} : { iceTransportPolicy }) }
    this.#post({ kind: 'new', pc: this.#hosting.pc, configuration: plain })
  }

  createDataChannel(label: string, init: { protocol?: string; id?: number } = {}): WorkerDataChannel {
    if (this.#isOver()) throw new DOMException('the connection is closed', 'InvalidStateError')
    const channel = this.#nextChannel
    this.#nextChannel += 2
    const made = this.#addChannel(channel, {
      label,
      protocol: init.protocol ?? '',
      id: init.id ?? null,
      readyState: 'connecting'
    })
    this.#post({ kind: 'make-channel', pc: this.#pc, channel, label, init: { ...init } })
    return made
  }

  async createOffer(): Promise<PlainDescription> {
    return await this.#describe({ method: 'createOffer' })
  }

  async createAnswer(): Promise<PlainDescription> {
    return await this.#describe({ method: 'createAnswer' })
  }

  async setLocalDescription(description?: PlainDescription): Promise<void> {
    const set = await this.#describe({ method: 'setLocalDescription', description: plainOf(description) })
    this.localDescription = new WorkerSessionDescription(set)
  }

  async setRemoteDescription(description: PlainDescription): Promise<void> {
    const set = await this.#describe({ method: 'setRemoteDescription', description: plainOf(description) })
    this.remoteDescription = new WorkerSessionDescription(set)
  }

  async addIceCandidate(candidate?: CandidateInit | null): Promise<void> {
    const plain = candidate == null ? undefined : new WorkerIceCandidate(candidate).toJSON()
    await this.#call({ method: 'addIceCandidate', candidate: plain })
  }

  close(): void {
    if (this.connectionState === 'closed') return
    if (this.#hosting !== undefined) {
      this.#post({ kind: 'close', pc: this.#pc })
      this.#hosting.leave()
    }
    this.#end()
  }

  get #pc(): number {
    return this.#hosting?.pc ?? 0
  }

  #post(message: ToPage, transfer: Transferable[] = []): void {
    this.#hosting?.post(message, transfer)
  }

  #isOver(): boolean {
    return this.connectionState === 'closed' || this.connectionState === 'failed'
  }

  async #describe(what: RtcCall): Promise<PlainDescription> {
    const description = await this.#call(what)
    if (description === undefined) throw new DOMException('no description', 'OperationError')
    return description
  }

  #call(what: RtcCall): Promise<PlainDescription | undefined> {
    if (this.#hosting === undefined || this.#isOver()) {
      return Promise.reject(new DOMException('no page hosts this connection', 'InvalidStateError'))
    }
    const call = this.#nextCall++
    const answer = Promise.withResolvers<PlainDescription | undefined>()
    this.#calls.set(call, answer)
    this.#post({ kind: 'call', pc: this.#pc, call, what })
    return answer.promise
  }

  #addChannel(
    channel: number,
    about: { label: string; protocol: string; id: number | null; readyState: string }
  ): WorkerDataChannel {
    const made = new WorkerDataChannel({
      ...about,
      pc: this.#pc,
      channel,
      post: (message, transfer) => this.#post(message, transfer),
      onOver: () => this.#channels.delete(channel)
    })
    this.#channels.set(channel, made)
    return made
  }

  #receive(message: Extract<FromPage, { pc: number }>): void {
    switch (message.kind) {
      case 'state':
        this.#changed(message.event, message.state)
        break
      case 'candidate':
        this.emit('icecandidate', {
          candidate: message.candidate === null ? null : new WorkerIceCandidate(message.candidate)
        })
        break
      case 'returned':
        this.#calls.get(message.call)?.resolve(message.description)
        this.#calls.delete(message.call)
        break
      case 'threw':
        this.#calls.get(message.call)?.reject(new DOMException(message.message, message.name))
        this.#calls.delete(message.call)
        break
      case 'got-channel':
        this.emit('datachannel', { channel: this.#addChannel(message.channel, message) })
        break
      default:
        this.#channels.get(message.channel)?.receive(message)
    }
  }

  #changed(event: StateEvent, state: Extract<FromPage, { kind: 'state' }>['state']): void {
    if (this.connectionState === 'closed') return
    Object.assign(this, state)
    this.emit(event)
    // the page has closed the real one; libp2p never restarts ICE
    if (this.#isOver()) {
      this.#hosting?.leave()
      this.#end()
    }
  }

  /** The page is gone: nothing of this connection exists any more. */
  #lost(): void {
    if (this.connectionState === 'closed') return
    this.#setStates('failed')
    this.emit('connectionstatechange')
    this.#end()
  }

  #setStates(state: 'failed' | 'closed'): void {
    this.connectionState = state
    this.iceConnectionState = state
    if (state === 'closed') this.signalingState = state
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#setStates('closed')
    for (const channel of this.#channels.values()) channel.over()
    for (const call of this.#calls.values())
      call.reject(new DOMException('the connection is closed', 'InvalidStateError'))
    this.#calls.clear()
    this.emit('close')
  }

  get onconnectionstatechange(): Listener | null {
    return this.attribute('connectionstatechange')
  }
  /** Whoever listens only now, as libp2p does between dial and upgrade, must still learn that it is over. */
  set onconnectionstatechange(listener: Listener | null) {
    this.setAttribute('connectionstatechange', listener)
    if (listener !== null && this.#isOver()) queueMicrotask(() => this.emit('connectionstatechange'))
  }
  get ondatachannel(): Listener | null {
    return this.attribute('datachannel')
  }
  set ondatachannel(listener: Listener | null) {
    this.setAttribute('datachannel', listener)
  }
  get onicecandidate(): Listener | null {
    return this.attribute('icecandidate')
  }
  set onicecandidate(listener: Listener | null) {
    this.setAttribute('icecandidate', listener)
  }
  get onicecandidateerror(): Listener | null {
    return this.attribute('icecandidateerror')
  }
  set onicecandidateerror(listener: Listener | null) {
    this.setAttribute('icecandidateerror', listener)
  }
}

const plainOf = (description: PlainDescription | undefined): PlainDescription | undefined =>
  description === undefined ? undefined : { type: description.type, sdp: description.sdp ?? '' }
