/** Copies text. Where the browser forbids it, says so instead of pretending. */
import { t } from '../i18n/i18n.ts'
import { showToast } from '../kit/toasts.ts'

export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    showToast({ text: t('error.failed'), kind: 'bad' })
    return false
  }
}

/** Copies and says so. */
export const copyAndTell = async (text: string): Promise<void> => {
  if (await copyText(text)) showToast({ text: t('common.copied') })
}
