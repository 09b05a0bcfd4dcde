/** Runs a command and says in plain words when it failed: what happened, and that nothing was lost. */
import { toPlainError } from '../../base/errors.ts'
import type { ErrorCode } from '../../base/errors.ts'
import { t } from '../i18n/i18n.ts'
import { showToast } from '../kit/toasts.ts'

export const errorText = (code: ErrorCode): string => {
  if (code === 'offline') return t('error.offline')
  if (code === 'timeout') return t('error.timeout')
  if (code === 'quota') return t('error.quota')
  if (code === 'not-found') return t('error.notFound')
  if (code === 'untrusted') return t('error.untrusted')
  if (code === 'malformed') return t('error.malformed')
  if (code === 'internal') return t('error.internal')
  return t('error.failed')
}

/** AppErrors keep their code across the port; everything else counts as `internal`. */
export const errorCode = (error: unknown): ErrorCode => {
  const code = (error as { readonly code?: unknown } | null)?.code
  return typeof code === 'string' && error instanceof Error && error.name === 'AppError'
    ? (code as ErrorCode)
    : toPlainError(error).code
}

/** `undefined` when it failed: the person has been told. */
export const attempt = async <T>(work: Promise<T> | (() => Promise<T>)): Promise<T | undefined> => {
  try {
    return await (typeof work === 'function' ? work() : work)
  } catch (error) {
    const code = errorCode(error)
    if (code !== 'aborted') showToast({ text: errorText(code), kind: 'bad' })
    return undefined
  }
}
