/**
 * The last net. Errors of one broken connection sometimes surface outside any promise of ours; they are logged and the
 * relay goes on. Anything else means our own state cannot be trusted: logged, and the process ends for its supervisor.
 */
import type { Log } from '../src/base/log.ts'

/** Names and codes that only say "the other side went away". */
const HARMLESS = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_STREAM_DESTROYED',
  'AbortError',
  'TimeoutError',
  'ConnectionClosedError',
  'ConnectionFailedError',
  'ConnectionClosingError',
  'MuxerClosedError',
  'StreamResetError',
  'StreamAbortedError',
  'StreamClosedError',
  'StreamClosingError',
  'StreamStateError',
  'UnexpectedEOFError',
  'EncryptionFailedError',
  'InvalidMessageError',
  'UnsupportedProtocolError',
  'DurationLimitError',
  'TransferLimitError'
])

export const isHarmless = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return HARMLESS.has(code) || HARMLESS.has(error.name)
}

export const catchCrashes = (log: Log): void => {
  const onError =
    (kind: string) =>
    (error: unknown): void => {
      const known = error instanceof Error ? error : new Error(String(error))
      if (isHarmless(error)) {
        log.warn('relay.stray-error', { kind, error: known.name })
        return
      }
      log.error('relay.crashed', { kind, error: known.name, stack: known.stack })
      process.exit(1)
    }
  process.on('uncaughtException', onError('exception'))
  process.on('unhandledRejection', onError('rejection'))
}
