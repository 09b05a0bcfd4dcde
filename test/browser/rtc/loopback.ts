/** Two of the worker's own peer connections, joined: bytes leave over the port and come back over it. */

/** As much as a careful sender keeps in the air. */
const HIGH_WATER = 1024 * 1024
const MESSAGE_BYTES = 16 * 1024

export interface LoopbackResult {
  readonly tookMs: number
  readonly received: number
  readonly inOrder: boolean
  readonly maxBuffered: number
}

export const transferLoopback = async (megabytes: number): Promise<LoopbackResult> => {
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()]
  for (const [from, to] of [
    [a, b],
    [b, a]
  ] as const) {
    from.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate !== null) void to.addIceCandidate(candidate)
    })
  }
  const channel = a.createDataChannel('bytes')
  const total = megabytes * 1024 * 1024
  const result = { received: 0, inOrder: true, maxBuffered: 0 }
  const done = Promise.withResolvers<void>()
  let expected = 0
  const receive = ({ data }: MessageEvent<ArrayBuffer>): void => {
    if (new DataView(data).getUint32(0) !== expected++) result.inOrder = false
    result.received += data.byteLength
    if (result.received >= total) done.resolve()
  }
  const incoming = new Promise<RTCDataChannel>((resolve) => {
    b.addEventListener('datachannel', (event) => {
      event.channel.addEventListener('message', receive)
      resolve(event.channel)
    })
  })
  const opened = new Promise((resolve) => {
    channel.addEventListener('open', resolve, { once: true })
  })
  await a.setLocalDescription(await a.createOffer())
  await b.setRemoteDescription(a.localDescription as RTCSessionDescription)
  await b.setLocalDescription(await b.createAnswer())
  await a.setRemoteDescription(b.localDescription as RTCSessionDescription)
  await opened
  await incoming

  channel.bufferedAmountLowThreshold = HIGH_WATER / 4
  const startedAt = performance.now()
  for (let number = 0; number * MESSAGE_BYTES < total; number++) {
    if (channel.bufferedAmount + MESSAGE_BYTES > HIGH_WATER) {
      await new Promise((resolve) => {
        channel.addEventListener('bufferedamountlow', resolve, { once: true })
      })
    }
    const message = new Uint8Array(MESSAGE_BYTES)
    new DataView(message.buffer).setUint32(0, number)
    channel.send(message)
    result.maxBuffered = Math.max(result.maxBuffered, channel.bufferedAmount)
  }
  await done.promise
  const tookMs = performance.now() - startedAt
  a.close()
  b.close()
  return { ...result, tookMs }
}
