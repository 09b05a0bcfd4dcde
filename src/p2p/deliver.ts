/**
 * One envelope to one device, over whatever answers first (DL4). A direct connection that does not answer in time is
 * raced by the relayed one; the same bytes twice are a no-op for the receiver. The first answer wins; none: `unreachable`.
 */
import type { Clock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import type { DeliverResult, DeviceId } from '../messenger/net.ts'
import type { DeliverAnswer } from '../wire/deliver.ts'
import type { Connections, DeviceConnection } from './connections.ts'
import type { Dialer } from './dial.ts'
import { raceSignal } from './race-signal.ts'

export interface DeliverToDevice {
  readonly device: string
  readonly homes: readonly string[]
  readonly direct: boolean
  readonly envelope: Uint8Array
  readonly signal: AbortSignal
}

export interface DeliverDeps {
  readonly connections: Connections
  readonly dialer: Dialer
  readonly clock: Clock
}

/** DL1's 300 ms and a slow disk: later than this the other path is tried as well. */
const HEDGE_MS = 400
/** Later than this a connection is asked whether it is still there: an answer that is only slow is waited for. */
const DOUBT_MS = { direct: HEDGE_MS, relayed: 1_500 } as const
/** Decryption and a durable write on a slow phone take less; whoever answers pings and nothing else is busy. */
const ANSWER_MS = 15_000

interface Answered {
  readonly over: DeviceConnection
  readonly answer: DeliverAnswer
}

export const createDeliver =
  ({ connections, dialer, clock }: DeliverDeps) =>
  async ({ device, homes, direct, envelope, signal }: DeliverToDevice): Promise<DeliverResult> => {
    const sendOver = async (over: DeviceConnection, abort: AbortSignal): Promise<Answered> => {
      const settled = new AbortController()
      const deadline = AbortSignal.any([abort, AbortSignal.timeout(ANSWER_MS)])
      // a silent connection is closed by the probe, which ends the wait below
      clock.sleep(DOUBT_MS[over.path], AbortSignal.any([abort, settled.signal])).then(
        () => connections.probe(over),
        () => undefined
      )
      try {
        const link = await raceSignal(over.link(deadline), deadline)
        const answer = await link.deliver(envelope, { signal: deadline })
        over.answeredAt = clock.now()
        if (answer.outcome === 'later' || answer.outcome === 'alive')
          throw new AppError('not-ready', 'the other side is busy')
        return { over, answer }
      } finally {
        settled.abort()
      }
    }

    const overRelay = async (abort: AbortSignal): Promise<Answered> => {
      const first = await dialer.relayed(device, homes, abort)
      try {
        return await sendOver(first, abort)
      } catch (error) {
        // it was open and did not answer: once more over a fresh one
        if (abort.aborted || (error instanceof AppError && error.code === 'not-ready') || first.isOpen()) throw error
        return await sendOver(await dialer.relayed(device, homes, abort), abort)
      }
    }

    const overDirect = async (abort: AbortSignal): Promise<Answered> => {
      const found = direct ? connections.find(device, 'direct') : undefined
      if (found === undefined) return await overRelay(abort)
      const settled = new AbortController()
      const either = AbortSignal.any([abort, settled.signal])
      const first = sendOver(found, either)
      const second = (async () => {
        const answered = first.then(
          () => 'answered' as const,
          () => 'failed' as const
        )
        const early = await Promise.race([answered, clock.sleep(HEDGE_MS, either)])
        if (early === 'answered') return await first
        return await overRelay(either)
      })()
      second.catch(() => undefined)
      try {
        return await Promise.any([first, second])
      } finally {
        settled.abort()
      }
    }

    try {
      const { over, answer } = await overDirect(signal)
      if (over.path === 'relayed') dialer.upgrade(device)
      if (answer.outcome === 'refused') return { outcome: 'refused', why: answer.why ?? 'refused' }
      return {
        outcome: 'delivered',
        device: device as DeviceId,
        answer: answer.answer ?? new Uint8Array(),
        path: over.path
      }
    } catch (error) {
      return { outcome: 'unreachable', why: whyOf(error) }
    }
  }

const whyOf = (error: unknown): string => {
  if (error instanceof AggregateError) return whyOf(error.errors.at(-1))
  if (error instanceof AppError) return error.message
  return error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : 'no longer wanted'
}
