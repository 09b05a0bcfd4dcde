/**
 * The plain pages that need no node: an insecure origin, where browsers allow no encryption, a failed start, and a tab
 * whose version is not the one that runs. Must not import state, so that it works when nothing else does.
 */
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { pickLocale, switchLocale, t } from '../i18n/i18n.ts'
import type { MessageKey } from '../i18n/i18n.ts'
import '../i18n/load-trouble.ts'
import { Button } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { Lock, RotateCw, TriangleAlert } from '../kit/icons.ts'
import './start.css'

type TextKey = Extract<MessageKey, `trouble.${string}` | 'common.retry' | 'update.apply'>

/** `action`: what the button says; without one there is nothing to be done here. */
const WORDS = {
  insecure: { title: 'trouble.insecureTitle', text: 'trouble.insecureText', action: undefined },
  start: { title: 'trouble.startTitle', text: 'trouble.startText', action: 'common.retry' },
  'newer-database': { title: 'trouble.newerTitle', text: 'trouble.newerText', action: 'update.apply' },
  'storage-full': { title: 'trouble.fullTitle', text: 'trouble.fullText', action: 'common.retry' },
  'storage-denied': { title: 'trouble.deniedTitle', text: 'trouble.deniedText', action: 'common.retry' },
  waiting: { title: 'trouble.waitingTitle', text: 'trouble.waitingText', action: 'trouble.waitingAction' },
  outdated: { title: 'trouble.outdatedTitle', text: 'trouble.outdatedText', action: 'update.apply' }
} as const satisfies Readonly<Record<string, { title: TextKey; text: TextKey; action: TextKey | undefined }>>

export type TroubleKind = keyof typeof WORDS

interface TroubleProps {
  readonly kind: TroubleKind
  /** What went wrong, for whoever can do something about it. */
  readonly detail?: string
  /** What the button does; a reload when not given. */
  readonly onAction?: () => void
}

export const Trouble = ({ kind, detail, onAction }: TroubleProps): VNode => {
  useEffect(() => {
    // English stays when the catalogue cannot be loaded
    switchLocale(pickLocale(navigator.languages)).catch(() => undefined)
  }, [])
  const { title, text, action } = WORDS[kind]
  return (
    <main class="start" data-screen={kind === 'insecure' ? 'insecure' : 'trouble'} data-kind={kind}>
      <div class="start-card">
        <span class="empty-icon">
          <Icon icon={kind === 'insecure' ? Lock : TriangleAlert} size={28} />
        </span>
        <h1>{t(title)}</h1>
        <p class="start-text">{t(text)}</p>
        {action !== undefined && (
          <Button kind="main" class="large" icon={RotateCw} onClick={onAction ?? (() => location.reload())}>
            {t(action)}
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
