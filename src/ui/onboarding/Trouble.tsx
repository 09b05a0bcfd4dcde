/**
 * The two plain pages that need no node: an insecure origin, where browsers allow no encryption, and a failed start.
 * Must not import state, so that it works when nothing else does.
 */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { Lock, RotateCw, TriangleAlert } from '../kit/icons.ts'
import { pickLocale, switchLocale } from '../i18n/i18n.ts'
import { useEffect } from 'preact/hooks'
import './start.css'

interface TroubleProps {
  readonly kind: 'insecure' | 'start'
  /** What went wrong, for whoever can do something about it. */
  readonly detail?: string
}

export const Trouble = ({ kind, detail }: TroubleProps): VNode => {
  useEffect(() => {
    // English stays when the catalogue cannot be loaded
    switchLocale(pickLocale(navigator.languages)).catch(() => undefined)
  }, [])
  const insecure = kind === 'insecure'
  return (
    <main class="start" data-screen={insecure ? 'insecure' : 'trouble'}>
      <div class="start-card">
        <span class="empty-icon">
          <Icon icon={insecure ? Lock : TriangleAlert} size={28} />
        </span>
        <h1>{insecure ? t('trouble.insecureTitle') : t('trouble.startTitle')}</h1>
        <p class="start-text">{insecure ? t('trouble.insecureText') : t('trouble.startText')}</p>
        {!insecure && (
          <Button kind="main" class="large" icon={RotateCw} onClick={() => location.reload()}>
            {t('common.retry')}
          </Button>
        )}
        {detail !== undefined && (
          <details class="start-details">
            <summary>{t('trouble.details')}</summary>
            <code dir="ltr">{detail}</code>
          </details>
        )}
      </div>
    </main>
  )
}
