/** One line that says how we are connected, and that a new version is ready. It never blocks reading or writing. */
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from './i18n/i18n.ts'
import { Button } from './kit/Button.tsx'
import { lazyPart } from './lazy.tsx'
import { useAccount, useNetwork } from './state/node.tsx'
import { useUpdate } from './state/updates.tsx'

const ReplacedBanner = lazyPart(async () => (await import('./security/ReplacedBanner.tsx')).ReplacedBanner)

/** A quick reconnect is no news. */
const PATIENCE_MS = 1500

const TEXTS = {
  offline: 'connection.offline',
  connecting: 'connection.connecting',
  relayed: 'connection.relayed',
  direct: 'connection.direct'
} as const

export const ConnectionStrip = (): VNode => {
  const network = useNetwork()
  const state = network === undefined ? 'connecting' : network.online ? network.state : 'offline'
  const [patient, setPatient] = useState(true)
  const update = useUpdate()
  const account = useAccount()
  const isReplaced = account?.state === 'ready' && account.replaced === true

  useEffect(() => {
    if (state !== 'connecting') {
      setPatient(true)
      return
    }
    const timer = setTimeout(() => setPatient(false), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [state])

  return (
    <div class="shell-strip">
      {isReplaced && <ReplacedBanner waiting={<></>} />}
      {update !== undefined && (
        <div class="banner" role="status" data-id="update-ready">
          <span>{t('update.ready')}</span>
          <Button kind="plain" data-id="update-apply" onClick={update}>
            {t('update.apply')}
          </Button>
        </div>
      )}
      <div
        class={`strip ${patient && state === 'connecting' ? 'patient' : ''}`}
        data-id="connection"
        data-state={state}
      >
        <i aria-hidden="true" />
        <span>{t(TEXTS[state])}</span>
      </div>
      {/* only losing the connection is worth interrupting somebody who listens */}
      <p class="sr-only" role="status">
        {state === 'offline' ? t('connection.offline') : ''}
      </p>
    </div>
  )
}
