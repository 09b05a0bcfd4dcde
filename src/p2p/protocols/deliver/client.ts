/**
 * Hands envelopes to one device over one connection: a stream that stays open, requests pipelined (decision 0030).
 * An answer belongs to exactly one request; when the stream ends every open request fails at once, never silently.
 * A request that is given up leaves the stream whole: its late answer is dropped.
 */
import type { Connection } from '@libp2p/interface'
import { AppError } from '../../../base/errors.ts'
import { DELIVER_PROTOCOL, deliverAnswer, deliverRequest, MAX_DELIVER_FRAME_BYTES } from '../../../wire/deliver.ts'
import type { DeliverAnswer } from '../../../wire/deliver.ts'
import { createFrames } from '../frames.ts'

export interface DeliverLink {
  /** @throws AppError `offline` (the stream ended), `timeout`, `aborted`, `malformed` or `too-large`. */
  deliver(envelope: Uint8Array, options: { readonly signal: AbortSignal }): Promise<DeliverAnswer>
  /** Resolves when the other side answers. @throws as `deliver` */
  ping(options: { readonly signal: AbortSignal }): Promise<void>
  isOpen(): boolean
  stop(): void
}

/** Serial numbers wrap long after their request was answered. */
const SERIALS = 2 ** 32

export const openDeliverLink = async (
  connection: Connection,
  { signal }: { readonly signal: AbortSignal }
): Promise<DeliverLink> => {
  const stream = await connection.newStream(DELIVER_PROTOCOL, { signal, runOnLimitedConnection: true })
  const frames = createFrames(stream, { maxBytes: MAX_DELIVER_FRAME_BYTES })
  const waiting = new Map<number, PromiseWithResolvers<DeliverAnswer>>()
  const ending = new AbortController()
  let serial = 0
  let ended: AppError | undefined

  const end = (why: AppError): void => {
    if (ended !== undefined) return
    ended = why
    for (const { reject } of waiting.values()) reject(why)
    waiting.clear()
    frames.abort(why)
  }

  const readAnswers = async (): Promise<void> => {
    for (;;) {
      const frame = await frames.read({ signal: ending.signal })
      if (frame === undefined) throw new AppError('offline', 'the other side ended the stream')
      const answer = deliverAnswer.decode(frame)
      waiting.get(answer.serial)?.resolve(answer)
      waiting.delete(answer.serial)
    }
  }
  readAnswers().catch((error: unknown) => {
    end(error instanceof AppError ? error : new AppError('offline', 'the stream failed', { cause: error }))
  })

  const request = async (envelope: Uint8Array | undefined, abort: AbortSignal): Promise<DeliverAnswer> => {
    if (ended !== undefined) throw ended
    abort.throwIfAborted()
    serial = (serial + 1) % SERIALS
    const mine = serial
    const frame = deliverRequest.encode({ serial: mine, envelope })
    const answered = Promise.withResolvers<DeliverAnswer>()
    const giveUp = (): void => {
      waiting.delete(mine)
      answered.reject(asAppError(abort.reason))
    }
    waiting.set(mine, answered)
    abort.addEventListener('abort', giveUp, { once: true })
    try {
      // the link's own signal: half a frame must not be left behind when one request is given up
      frames.write(frame, { signal: ending.signal }).catch((error: unknown) => {
        end(asAppError(error))
      })
      return await answered.promise
    } finally {
      waiting.delete(mine)
      abort.removeEventListener('abort', giveUp)
    }
  }

  return {
    deliver: async (envelope, options) => await request(envelope, options.signal),
    ping: async (options) => {
      await request(undefined, options.signal)
    },
    isOpen: () => ended === undefined && stream.writeStatus === 'writable',
    stop: () => {
      end(new AppError('aborted', 'the link was closed'))
      ending.abort()
    }
  }
}

/** One envelope over a stream of its own: for a relay that passes on a knock. */
export const deliverOnce = async (
  connection: Connection,
  envelope: Uint8Array,
  { signal }: { readonly signal: AbortSignal }
): Promise<DeliverAnswer> => {
  const link = await openDeliverLink(connection, { signal })
  try {
    return await link.deliver(envelope, { signal })
  } finally {
    link.stop()
  }
}

const asAppError = (reason: unknown): AppError => {
  if (reason instanceof AppError) return reason
  return reason instanceof Error && reason.name === 'TimeoutError'
    ? new AppError('timeout', 'no answer before the deadline', { cause: reason })
    : new AppError('aborted', 'no longer wanted', { cause: reason })
}
