/**
 * The closed list of things that can go wrong and that a caller may act on.
 * An expected outcome is a value; a failure is an AppError with one of these codes.
 */
export const ERROR_CODES = [
  'aborted',
  'timeout',
  'offline',
  'malformed',
  'too-large',
  'needs-newer',
  'not-found',
  'conflict',
  'quota',
  'untrusted',
  'undecryptable',
  'not-ready',
  'internal'
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What crosses a port instead of an Error: structured clone drops our class. */
export interface PlainError {
  readonly code: ErrorCode
  readonly message: string
}

export const toPlainError = (error: unknown): PlainError => {
  if (error instanceof AppError) return { code: error.code, message: error.message }
  if (error instanceof Error && error.name === 'AbortError') return { code: 'aborted', message: error.message }
  if (error instanceof Error && error.name === 'TimeoutError') return { code: 'timeout', message: error.message }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}

export const fromPlainError = ({ code, message }: PlainError): AppError => new AppError(code, message)

/** A broken promise of our own, never a reaction to outside input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AppError('internal', `broken promise: ${message}`)
}
