/** First run, step two: your own link and QR code. From here it is one step to the first chat. */
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { LinkCard } from '../pairing/LinkCard.tsx'
import { useOwnLink } from '../pairing/own-link.ts'
import { navigate } from '../router.ts'
import { endFirstRun } from './first-run.ts'
import '../pairing/pairing.css'
import './start.css'

export const FirstLink = (): VNode => {
  const own = useOwnLink()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <main class="start" data-screen="link">
      <div class="start-card">
        <header class="start-head">
          <h1 ref={heading} tabIndex={-1}>
            {t('link.title')}
          </h1>
          <p>{t('link.text')}</p>
        </header>
        <LinkCard own={own} />
        <Button
          kind="plain"
          wide
          class="large"
          data-id="continue"
          onClick={() => {
            endFirstRun()
            navigate({ name: 'chats' }, { replace: true })
          }}
        >
          {t('link.toChats')}
        </Button>
      </div>
    </main>
  )
}
