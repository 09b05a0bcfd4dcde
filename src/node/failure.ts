/** Why a node could not start, in the few words that a screen can explain to a person. */
import { toPlainError } from '../base/errors.ts'
import type { StartFailure } from '../bridge/frames.ts'

/** Names of exceptions with which browsers say that storage is forbidden here (private modes, blocked site data). */
const DENIED = new Set(['SecurityError', 'InvalidStateError', 'UnknownError', 'MissingAPIError', 'NotAllowedError'])
const FULL = new Set(['QuotaExceededError'])

const namesIn = (error: unknown): readonly string[] => {
  if (typeof error !== 'object' || error === null) return []
  const { name, inner, cause } = error as { name?: unknown; inner?: unknown; cause?: unknown }
  return [...(typeof name === 'string' ? [name] : []), ...namesIn(inner), ...namesIn(cause)]
}

export const errorToFailure = (error: unknown): StartFailure => {
  const { code, message } = toPlainError(error)
  const names = namesIn(error)
  if (code === 'needs-newer' || names.includes('VersionError')) return { reason: 'newer-database', message }
  if (code === 'quota' || names.some((name) => FULL.has(name))) return { reason: 'storage-full', message }
  if (names.some((name) => DENIED.has(name))) return { reason: 'storage-denied', message }
  return { reason: 'other', message }
}
