/**
 * Whole frames over a stream that keeps no boundaries (EN3): a 4-byte big-endian length, then that many bytes.
 * A frame over its limit is refused before a byte of it is stored; every wait ends with the caller's signal;
 * a reader that falls behind pauses the sender. After any failure the stream is of no further use and is reset.
 */
import type { Stream } from '@libp2p/interface'
import { KiB } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'

/** EN3: room for a 64 KiB blob and what is around it. */
export const MAX_FRAME_BYTES = 80 * KiB
const LENGTH_BYTES = 4
/** Unread frames above this pause the stream: one being handled, one behind it. */
const MAX_UNREAD_BYTES = 2 * MAX_FRAME_BYTES

export interface Frames {
  /** The next frame, or undefined when the other side has ended properly. @throws too-large, malformed, offline, timeout, aborted */
  read(options: { readonly signal: AbortSignal }): Promise<Uint8Array | undefined>
  /** Resolves when the stream has room again. @throws too-large, offline, timeout, aborted */
  write(frame: Uint8Array, options: { readonly signal: AbortSignal }): Promise<void>
  /** Ends our side; what was written still arrives. */
  close(options: { readonly signal: AbortSignal }): Promise<void>
  /** Resets the stream at once. */
  abort(why: AppError): void
}

/** What an aborted signal means to a caller: its own deadline, or that nobody wants the answer any more. */
const abortedBy = (signal: AbortSignal): AppError =>
  signal.reason instanceof AppError
    ? signal.reason
    : signal.reason instanceof Error && signal.reason.name === 'TimeoutError'
      ? new AppError('timeout', 'no frame before the deadline', { cause: signal.reason })
      : new AppError('aborted', 'no longer wanted', { cause: signal.reason })

export const createFrames = (stream: Stream, { maxBytes = MAX_FRAME_BYTES }: { maxBytes?: number } = {}): Frames => {
  const whole: Uint8Array[] = []
  let unread = 0
  let partial = new Uint8Array(0)
  let failure: AppError | undefined
  let ended = stream.readableEnded
  let waiting: (() => void) | undefined

  const wake = (): void => {
    waiting?.()
    waiting = undefined
  }

  const fail = (why: AppError): void => {
    if (failure === undefined) {
      failure = why
      whole.length = 0
      partial = new Uint8Array(0)
      stream.abort(why)
    }
    wake()
  }

  const take = (data: Uint8Array): void => {
    if (failure !== undefined) return
    const all = new Uint8Array(partial.length + data.length)
    all.set(partial)
    all.set(data, partial.length)
    let at = 0
    while (all.length - at >= LENGTH_BYTES) {
      const size = new DataView(all.buffer, all.byteOffset + at).getUint32(0)
      if (size > maxBytes) {
        fail(new AppError('too-large', `a frame of ${size} bytes, allowed are ${maxBytes}`))
        return
      }
      if (all.length - at - LENGTH_BYTES < size) break
      whole.push(all.slice(at + LENGTH_BYTES, at + LENGTH_BYTES + size))
      unread += size + LENGTH_BYTES
      at += LENGTH_BYTES + size
    }
    partial = all.slice(at)
    if (unread > MAX_UNREAD_BYTES && stream.readStatus === 'readable') stream.pause()
    if (whole.length > 0) wake()
  }

  stream.addEventListener('message', ({ data }) => {
    take(data.subarray())
  })
  stream.addEventListener('end', () => {
    ended = true
    wake()
  })
  stream.addEventListener('close', ({ error }) => {
    ended = true
    if (error !== undefined && failure === undefined) {
      failure = new AppError('offline', 'the stream was reset', { cause: error })
    }
    wake()
  })

  const next = (): Uint8Array | undefined => {
    const frame = whole.shift()
    if (frame === undefined) return undefined
    unread -= frame.length + LENGTH_BYTES
    if (unread <= MAX_UNREAD_BYTES && stream.readStatus === 'paused') stream.resume()
    return frame
  }

  return {
    read: async ({ signal }) => {
      for (;;) {
        const frame = next()
        if (frame !== undefined) return frame
        if (failure !== undefined) throw failure
        if (ended && partial.length > 0) fail(new AppError('malformed', 'the stream ended inside a frame'))
        else if (ended) return undefined
        else if (signal.aborted) fail(abortedBy(signal))
        else await untilWokenOr(signal, (run) => (waiting = run))
      }
    },
    write: async (frame, { signal }) => {
      if (frame.length > maxBytes)
        throw new AppError('too-large', `a frame of ${frame.length} bytes, allowed are ${maxBytes}`)
      if (failure !== undefined) throw failure
      if (signal.aborted) {
        fail(abortedBy(signal))
        throw abortedBy(signal)
      }
      const data = new Uint8Array(LENGTH_BYTES + frame.length)
      new DataView(data.buffer).setUint32(0, frame.length)
      data.set(frame, LENGTH_BYTES)
      try {
        if (!stream.send(data)) await stream.onDrain({ signal })
      } catch (cause) {
        const why = signal.aborted ? abortedBy(signal) : new AppError('offline', 'the stream is closed', { cause })
        fail(why)
        throw why
      }
    },
    close: async ({ signal }) => {
      try {
        await stream.close({ signal })
      } catch (cause) {
        fail(signal.aborted ? abortedBy(signal) : new AppError('offline', 'the stream did not close', { cause }))
      }
    },
    abort: fail
  }
}

const untilWokenOr = (signal: AbortSignal, setWake: (run: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', done, { once: true })
    setWake(done)
  })

/** `before` never rejects. */
const settledOr = async (before: Promise<unknown>, signal: AbortSignal): Promise<void> => {
  await Promise.race([before, untilWokenOr(signal, () => undefined)])
}

/** One request, one answer, then our side closes. @throws AppError; `malformed` also when the answer never comes. */
export const ask = async (
  stream: Stream,
  request: Uint8Array,
  { signal, maxBytes = MAX_FRAME_BYTES }: { readonly signal: AbortSignal; readonly maxBytes?: number }
): Promise<Uint8Array> => {
  const asker = createAsker(stream, { maxBytes })
  const answer = await asker.ask(request, { signal })
  asker.stop()
  return answer
}

export interface Asker {
  /** Answers come back in the order of the requests. An ask that fails or is given up resets the stream for all. */
  ask(request: Uint8Array, options: { readonly signal: AbortSignal }): Promise<Uint8Array>
  /** Ends our side when nothing is in the air. */
  stop(): void
  /** False once the stream can carry no further request. */
  isOpen(): boolean
}

/** Many requests over one stream, pipelined: the next may be sent before the last is answered. */
export const createAsker = (stream: Stream, { maxBytes = MAX_FRAME_BYTES }: { maxBytes?: number } = {}): Asker => {
  const frames = createFrames(stream, { maxBytes })
  let tail: Promise<unknown> = Promise.resolve()
  let open = true
  stream.addEventListener('close', () => {
    open = false
  })
  stream.addEventListener('end', () => {
    open = false
  })

  return {
    ask: async (request, { signal }) => {
      const before = tail
      const answered = (async () => {
        await frames.write(request, { signal })
        await settledOr(before, signal)
        if (signal.aborted) {
          // not our turn yet: reading now would take the answer of somebody else
          frames.abort(abortedBy(signal))
          throw abortedBy(signal)
        }
        const answer = await frames.read({ signal })
        if (answer === undefined) throw new AppError('malformed', 'the stream ended without an answer')
        return answer
      })()
      // the next in line waits for this one, however it ends: after a failure its own read fails too
      tail = answered.then(
        () => undefined,
        () => {
          open = false
        }
      )
      return await answered
    },
    stop: () => {
      open = false
      // the stream resets itself when it cannot close in time
      void frames.close({ signal: AbortSignal.timeout(CLOSE_MS) })
    },
    isOpen: () => open && stream.writeStatus === 'writable'
  }
}

/** Long enough for a slow phone to flush its last frame. */
const CLOSE_MS = 5_000

export interface ServeOptions {
  /** Answers one request. What it throws resets the stream. */
  readonly handle: (request: Uint8Array) => Promise<Uint8Array>
  /** How long the other side may stay silent between two requests. */
  readonly idleMs: number
  /** How long writing one answer may take. */
  readonly writeMs?: number
  /** 1 is "one request a stream" (EN3). */
  readonly maxRequests?: number
  readonly maxBytes?: number
  /** Told the reason whenever a stream ends badly, for counting. */
  readonly onRefused?: (why: AppError) => void
}

/** The other end of `ask` and `createAsker`: one request at a time, answers in order. Never throws. */
export const serveRequests = async (
  stream: Stream,
  {
    handle,
    idleMs,
    writeMs = 10_000,
    maxRequests = Number.POSITIVE_INFINITY,
    maxBytes = MAX_FRAME_BYTES,
    onRefused
  }: ServeOptions
): Promise<void> => {
  const frames = createFrames(stream, { maxBytes })
  try {
    for (let count = 0; count < maxRequests; count++) {
      const request = await frames.read({ signal: AbortSignal.timeout(idleMs) })
      if (request === undefined) break
      await frames.write(await handle(request), { signal: AbortSignal.timeout(writeMs) })
    }
    await frames.close({ signal: AbortSignal.timeout(CLOSE_MS) })
  } catch (error) {
    const why =
      error instanceof AppError ? error : new AppError('internal', 'a request could not be served', { cause: error })
    frames.abort(why)
    onRefused?.(why)
  }
}
