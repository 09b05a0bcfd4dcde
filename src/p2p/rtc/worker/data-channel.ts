/**
 * RTCDataChannel for a worker. `bufferedAmount` is true across the port: what was sent less what the page reports as gone
 * from the real channel's buffer. So whoever respects it, as libp2p does, never fills the port of a slow page.
 */
import { MAX_MESSAGE_BYTES, MAX_UNFLUSHED_BYTES, sizeOf, TAKEN_STEP_BYTES } from '../contract.ts'
import type { FromPage, ToPage } from '../contract.ts'
import { Emitter } from './emitter.ts'
import type { Listener } from './emitter.ts'

export interface ChannelDeps {
  readonly pc: number
  readonly channel: number
  readonly label: string
  readonly protocol: string
  readonly id: number | null
  readonly readyState: string
  readonly post: (message: ToPage, transfer?: Transferable[]) => void
  /** The channel is over and can be forgotten. */
  readonly onOver: () => void
}

export class WorkerDataChannel extends Emitter {
  readonly label: string
  readonly protocol: string
  id: number | null
  readyState: string
  binaryType = 'arraybuffer'
  bufferedAmountLowThreshold = 0
  readonly #deps: ChannelDeps
  #sent = 0
  #flushed = 0
  #untold = 0

  constructor(deps: ChannelDeps) {
    super()
    this.#deps = deps
    this.label = deps.label
    this.protocol = deps.protocol
    this.id = deps.id
    this.readyState = deps.readyState
  }

  get bufferedAmount(): number {
    return this.#sent - this.#flushed
  }

  send(data: string | ArrayBuffer | ArrayBufferView): void {
    if (this.readyState !== 'open') throw new DOMException('the channel is not open', 'InvalidStateError')
    const own = toOwn(data)
    const size = sizeOf(own)
    if (size > MAX_MESSAGE_BYTES) throw new TypeError(`a message of ${size} bytes, allowed are ${MAX_MESSAGE_BYTES}`)
    if (this.bufferedAmount + size > MAX_UNFLUSHED_BYTES) {
      throw new DOMException('the send queue is full', 'OperationError')
    }
    this.#sent += size
    const { pc, channel, post } = this.#deps
    post({ kind: 'send', pc, channel, data: own }, typeof own === 'string' ? [] : [own])
  }

  close(): void {
    if (this.readyState === 'closing' || this.readyState === 'closed') return
    this.readyState = 'closing'
    const { pc, channel, post } = this.#deps
    post({ kind: 'close-channel', pc, channel })
  }

  receive(message: Extract<FromPage, { channel: number }>): void {
    switch (message.kind) {
      case 'opened':
        this.id = message.id
        if (this.readyState !== 'connecting') return
        this.readyState = 'open'
        this.emit('open')
        break
      case 'closing':
        if (this.readyState === 'closed') return
        this.readyState = 'closing'
        this.emit('closing')
        break
      case 'closed':
        this.over()
        break
      case 'channel-error':
        this.emit('error', { error: new Error(message.message) })
        break
      case 'data':
        this.#take(message.data)
        break
      case 'flushed':
        this.#flush(message.bytes)
        break
      case 'got-channel':
        break
    }
  }

  /** Closed for good, by either side or because the page is gone. */
  over(): void {
    if (this.readyState === 'closed') return
    this.readyState = 'closed'
    this.#deps.onOver()
    this.emit('close')
  }

  #take(data: ArrayBuffer | string): void {
    this.#untold += sizeOf(data)
    if (this.#untold >= TAKEN_STEP_BYTES) {
      const { pc, channel, post } = this.#deps
      post({ kind: 'taken', pc, channel, bytes: this.#untold })
      this.#untold = 0
    }
    this.emit('message', { data })
  }

  #flush(bytes: number): void {
    const before = this.bufferedAmount
    this.#flushed = bytes
    const low = this.bufferedAmountLowThreshold
    if (before > low && this.bufferedAmount <= low) this.emit('bufferedamountlow')
  }

  get onopen(): Listener | null {
    return this.attribute('open')
  }
  set onopen(listener: Listener | null) {
    this.setAttribute('open', listener)
  }
  get onmessage(): Listener | null {
    return this.attribute('message')
  }
  set onmessage(listener: Listener | null) {
    this.setAttribute('message', listener)
  }
  get onclose(): Listener | null {
    return this.attribute('close')
  }
  set onclose(listener: Listener | null) {
    this.setAttribute('close', listener)
  }
  get onclosing(): Listener | null {
    return this.attribute('closing')
  }
  set onclosing(listener: Listener | null) {
    this.setAttribute('closing', listener)
  }
  get onerror(): Listener | null {
    return this.attribute('error')
  }
  set onerror(listener: Listener | null) {
    this.setAttribute('error', listener)
  }
  get onbufferedamountlow(): Listener | null {
    return this.attribute('bufferedamountlow')
  }
  set onbufferedamountlow(listener: Listener | null) {
    this.setAttribute('bufferedamountlow', listener)
  }
}

/** A copy that may be transferred: the caller keeps what it gave us, and a view may be part of something larger. */
const toOwn = (data: string | ArrayBuffer | ArrayBufferView): ArrayBuffer | string => {
  if (typeof data === 'string') return data
  if (data instanceof ArrayBuffer) return data.slice(0)
  const copy = new Uint8Array(data.byteLength)
  copy.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return copy.buffer
}
