/** What protects this device, in honest words: passphrase, passkeys, locking, and forgetting everything. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import { Notice, Skeleton } from '../kit/Feedback.tsx'
import { Clock, Lock, LockOpen, ShieldCheck, Trash2 } from '../kit/icons.ts'
import { Row, Section, SelectRow } from '../kit/List.tsx'
import { attempt } from '../state/attempt.ts'
import { useLock } from '../state/lock.ts'
import { useCommands } from '../state/node.tsx'
import { PasskeySection } from './PasskeySection.tsx'
import { PassphraseRow } from './PassphraseRow.tsx'
import { WipeDialog } from './WipeDialog.tsx'
import './security.css'

const MINUTES = [1, 5, 15, 60] as const

export const LockSettings = (): VNode => {
  const { lock: lockNow, setLockTimeout } = useCommands()
  const lock = useLock()
  if (lock === undefined) return <Skeleton rows={4} />
  const isLocked = lock.passphrase || lock.passkeys.length > 0
  const chosen = lock.timeoutMinutes
  const minutes = [...new Set([...MINUTES, ...(chosen === undefined ? [] : [chosen])])].toSorted((a, b) => a - b)
  return (
    <>
      <Section title={t('guard.title')} {...(isLocked ? { note: t('guard.timeoutNote') } : {})}>
        <Notice icon={isLocked ? ShieldCheck : LockOpen} kind={isLocked ? 'good' : 'warn'}>
          <b>{isLocked ? t('guard.closedTitle') : t('guard.openTitle')}</b>
          <p data-id="lock-state" data-locks={isLocked}>
            {isLocked ? t('guard.closedText') : t('guard.openText')}
          </p>
        </Notice>
        <PassphraseRow lock={lock} />
        {isLocked && (
          <>
            <SelectRow
              icon={Clock}
              title={t('guard.timeout')}
              value={chosen === undefined ? 'never' : String(chosen)}
              options={[
                { value: 'never', label: t('guard.never') },
                ...minutes.map((count) => ({ value: String(count), label: t('guard.after', { count }) }))
              ]}
              onChange={(value) => void attempt(setLockTimeout(value === 'never' ? null : Number(value)))}
              data-id="lock-timeout"
            />
            <Row
              icon={Lock}
              title={t('guard.lockNow')}
              detail={t('guard.lockNowText')}
              data-id="lock-now"
              onClick={() => void attempt(lockNow())}
            />
          </>
        )}
      </Section>
      <PasskeySection lock={lock} />
    </>
  )
}

/** At the very end of the page: where nobody arrives by accident. */
export const WipeSection = (): VNode => {
  const [asking, setAsking] = useState(false)
  return (
    <Section>
      <Row
        icon={Trash2}
        title={t('guard.wipe')}
        detail={t('guard.wipeText')}
        danger
        data-id="wipe"
        onClick={() => setAsking(true)}
      />
      {asking && <WipeDialog onClose={() => setAsking(false)} />}
    </Section>
  )
}
