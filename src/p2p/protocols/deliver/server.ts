/**
 * The receiving end: every frame is decoded at this door, handed to the one handler, and answered with what it said.
 * What cannot be read resets the stream and is counted. A handler that fails is answered `later`: the sender keeps it.
 * At most a few requests of one stream are in work at a time; then reading stops and the sender feels it.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { AppError } from '../../../base/errors.ts'
import type { Log } from '../../../base/log.ts'
import { deliverAnswer, deliverRequest, MAX_DELIVER_FRAME_BYTES } from '../../../wire/deliver.ts'
import type { DeliverAnswer } from '../../../wire/deliver.ts'
import { createFrames } from '../frames.ts'

export type DeliverHandler = (arrived: {
  readonly connection: Connection
  readonly envelope: Uint8Array
}) => Promise<Answer>

export type Answer =
  | { readonly outcome: 'taken'; readonly answer: Uint8Array }
  | { readonly outcome: 'refused'; readonly why: NonNullable<DeliverAnswer['why']> }
  | { readonly outcome: 'later' }
  /** As if nobody were here (IN3, IN5): the stream is reset, no answer tells more. */
  | { readonly outcome: 'absent' }

export interface DeliverServerDeps {
  readonly handle: DeliverHandler
  /** Told the reason of every refusal, for counting. */
  readonly onRefused: (why: string) => void
  readonly log: Log
}

/** One sender may keep this many envelopes in work: enough to hide a durable write, little enough to stay in memory. */
const MAX_IN_WORK = 16

/** A stream stays open between messages; its connection's own pings find a dead one. */
const WRITE_MS = 15_000

export const createDeliverServer =
  ({ handle, onRefused, log }: DeliverServerDeps) =>
  async (stream: Stream, connection: Connection): Promise<void> => {
    const frames = createFrames(stream, { maxBytes: MAX_DELIVER_FRAME_BYTES })
    const forEver = new AbortController().signal
    const inWork = new Set<Promise<void>>()

    const work = async (serial: number, envelope: Uint8Array | undefined): Promise<void> => {
      const answer = envelope === undefined ? { outcome: 'alive' as const } : await handled(envelope)
      if (answer.outcome === 'absent') {
        frames.abort(new AppError('offline', 'nobody is here'))
        return
      }
      await frames.write(deliverAnswer.encode({ serial, ...answer }), { signal: AbortSignal.timeout(WRITE_MS) })
    }

    const handled = async (envelope: Uint8Array): Promise<Answer> => {
      try {
        return await handle({ connection, envelope })
      } catch (error) {
        log.warn('p2p.deliver-handler-failed', { code: error instanceof AppError ? error.code : 'internal' })
        return { outcome: 'later' }
      }
    }

    try {
      for (;;) {
        const frame = await frames.read({ signal: forEver })
        if (frame === undefined) break
        const { serial, envelope } = deliverRequest.decode(frame)
        const job: Promise<void> = work(serial, envelope)
          .catch((error: unknown) => {
            // the answer could not be written: the sender will send again
            frames.abort(new AppError('offline', 'the answer could not be written', { cause: error }))
          })
          .finally(() => {
            inWork.delete(job)
          })
        inWork.add(job)
        if (inWork.size >= MAX_IN_WORK) await Promise.race(inWork)
      }
      await Promise.all(inWork)
      await frames.close({ signal: AbortSignal.timeout(WRITE_MS) })
    } catch (error) {
      const why = error instanceof AppError ? error : new AppError('internal', 'deliver failed', { cause: error })
      if (why.code !== 'offline') onRefused(why.code)
      frames.abort(why)
    }
  }
