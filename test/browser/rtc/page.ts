/** A tab of the test app: calls the worker, and hosts WebRTC for it unless the address says `#no-host`. */
import { hostRtc } from '../../../src/p2p/rtc/page/host.ts'

const worker = new SharedWorker(new URL('./rtc.worker.ts', import.meta.url), { type: 'module' })
const waiting = new Map<number, PromiseWithResolvers<unknown>>()
let calls = 0

worker.port.addEventListener('message', ({ data }: MessageEvent<{ call: number; value?: unknown; error?: string }>) => {
  const call = waiting.get(data.call)
  waiting.delete(data.call)
  if (data.error === undefined) call?.resolve(data.value)
  else call?.reject(new Error(data.error))
})
worker.port.start()

const lock = `page-${crypto.randomUUID()}`
const offer = (): void => {
  const { port1, port2 } = new MessageChannel()
  hostRtc(port1)
  worker.port.postMessage({ offer: { lock, visible: document.visibilityState === 'visible' } }, [port2])
}
if (location.hash !== '#no-host') {
  void navigator.locks.request(lock, () => {
    offer()
    return new Promise(() => undefined)
  })
}

/** The most that a real channel of this page ever held back. */
const seen = { maxBuffered: 0, connections: [] as RTCPeerConnection[] }
const send = RTCDataChannel.prototype.send as (data: ArrayBuffer) => void
RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown): void {
  send.call(this, data as ArrayBuffer)
  seen.maxBuffered = Math.max(seen.maxBuffered, this.bufferedAmount)
}
const Real = RTCPeerConnection
globalThis.RTCPeerConnection = class extends Real {
  constructor(configuration?: RTCConfiguration) {
    super(configuration)
    seen.connections.push(this)
  }
}

const call = (method: string, ...args: readonly unknown[]): Promise<unknown> => {
  const answer = Promise.withResolvers<unknown>()
  waiting.set(++calls, answer)
  worker.port.postMessage({ call: calls, method, args })
  return answer.promise
}

const hang = (ms: number): void => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

Object.assign(globalThis, { call, seen, hang })
