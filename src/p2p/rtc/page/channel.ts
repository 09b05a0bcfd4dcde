/**
 * One real data channel, spoken to over the port. Credits go both ways: the worker learns what has left the buffer here,
 * by events and never by a timer (a hidden page's timers hardly run), and tells us what it took in.
 */
import { MAX_UNTAKEN_BYTES, sizeOf } from '../contract.ts'
import type { FromPage } from '../contract.ts'

export interface HostedChannel {
  send(data: ArrayBuffer | string): void
  /** The worker took so many bytes of what came in. */
  taken(bytes: number): void
  close(): void
  /** Its connection is gone: nothing is posted any more. */
  forget(): void
}

/** Below this the rest is reported in one step. */
const SMALL_BYTES = 32 * 1024

export const hostChannel = ({
  real,
  pc,
  channel,
  post,
  onOver
}: {
  readonly real: RTCDataChannel
  readonly pc: number
  readonly channel: number
  readonly post: (message: FromPage, transfer?: Transferable[]) => void
  readonly onOver: () => void
}): HostedChannel => {
  const listening = new AbortController()
  const { signal } = listening
  let sent = 0
  let told = 0
  let untaken = 0

  /** Tells what has gone, and asks to be woken when half of the rest has. */
  const report = (): void => {
    const waiting = real.bufferedAmount
    real.bufferedAmountLowThreshold = waiting > SMALL_BYTES ? waiting >> 1 : 0
    if (sent - waiting === told) return
    told = sent - waiting
    post({ kind: 'flushed', pc, channel, bytes: told })
  }

  const over = (): void => {
    if (signal.aborted) return
    listening.abort()
    onOver()
    post({ kind: 'closed', pc, channel })
  }

  real.binaryType = 'arraybuffer'
  const opened = (): void => post({ kind: 'opened', pc, channel, id: real.id })
  real.addEventListener('open', opened, { signal })
  real.addEventListener('closing', () => post({ kind: 'closing', pc, channel }), { signal })
  real.addEventListener('close', over, { signal })
  real.addEventListener('bufferedamountlow', report, { signal })
  real.addEventListener(
    'error',
    (event) => post({ kind: 'channel-error', pc, channel, message: 'error' in event ? String(event.error) : 'error' }),
    { signal }
  )
  real.addEventListener(
    'message',
    ({ data }: MessageEvent<ArrayBuffer | string>) => {
      untaken += sizeOf(data)
      if (untaken > MAX_UNTAKEN_BYTES) {
        post({ kind: 'channel-error', pc, channel, message: 'the reader does not keep up' })
        real.close()
        over()
        return
      }
      post({ kind: 'data', pc, channel, data }, typeof data === 'string' ? [] : [data])
    },
    { signal }
  )

  return {
    send: (data) => {
      if (real.readyState !== 'open') return
      try {
        real.send(data as ArrayBuffer)
      } catch (error) {
        post({ kind: 'channel-error', pc, channel, message: error instanceof Error ? error.message : 'not sent' })
        real.close()
        return
      }
      sent += sizeOf(data)
      report()
    },
    taken: (bytes) => {
      untaken -= bytes
    },
    close: () => real.close(),
    forget: () => listening.abort()
  }
}
