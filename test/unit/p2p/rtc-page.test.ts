/** The page's half of a data channel: credits by events only, and an end to what nobody reads. */
import { expect, test } from 'vitest'
import { MAX_UNTAKEN_BYTES } from '../../../src/p2p/rtc/contract.ts'
import type { FromPage } from '../../../src/p2p/rtc/contract.ts'
import { hostChannel } from '../../../src/p2p/rtc/page/channel.ts'

/** A real channel's manners: the buffer empties when the test says so, the event fires at the threshold. */
class PlayedChannel extends EventTarget {
  readyState = 'open'
  binaryType = 'blob'
  bufferedAmount = 0
  bufferedAmountLowThreshold = 0
  id = 1

  send(data: ArrayBuffer): void {
    this.bufferedAmount += data.byteLength
  }

  close(): void {
    this.readyState = 'closed'
  }

  drain(bytes: number): void {
    const before = this.bufferedAmount
    this.bufferedAmount = Math.max(0, before - bytes)
    if (before > this.bufferedAmountLowThreshold && this.bufferedAmount <= this.bufferedAmountLowThreshold) {
      this.dispatchEvent(new Event('bufferedamountlow'))
    }
  }
}

const setup = () => {
  const real = new PlayedChannel()
  const posted: FromPage[] = []
  let isOver = false
  const channel = hostChannel({
    real: real as unknown as RTCDataChannel,
    pc: 1,
    channel: 1,
    post: (message) => posted.push(message),
    onOver: () => {
      isOver = true
    }
  })
  const flushed = (): number => posted.findLast((message) => message.kind === 'flushed')?.bytes ?? 0
  return { real, channel, posted, flushed, isOver: () => isOver }
}

test('credits follow the real buffer down to nothing, in few steps', () => {
  const { real, channel, posted, flushed } = setup()
  for (let i = 0; i < 64; i++) channel.send(new ArrayBuffer(16_384))
  expect(flushed()).toBe(0)
  while (real.bufferedAmount > 0) {
    real.drain(10_000)
    // never more than half of what is in the buffer is untold
    expect(flushed()).toBeGreaterThanOrEqual(64 * 16_384 - 2 * Math.max(real.bufferedAmount, 32_768) - 10_000)
  }
  expect(flushed()).toBe(64 * 16_384)
  expect(posted.length).toBeLessThan(20)
})

test('a reader that stopped costs at most the bound, then the channel', () => {
  const { real, posted, channel, isOver } = setup()
  const receive = (): void => {
    real.dispatchEvent(new MessageEvent('message', { data: new ArrayBuffer(1024 * 1024) }))
  }
  for (let received = 0; received < MAX_UNTAKEN_BYTES; received += 1024 * 1024) receive()
  channel.taken(1024 * 1024)
  receive()
  expect(isOver()).toBe(false)
  receive()
  expect(isOver()).toBe(true)
  expect(real.readyState).toBe('closed')
  expect(posted.at(-1)).toMatchObject({ kind: 'closed' })
})
