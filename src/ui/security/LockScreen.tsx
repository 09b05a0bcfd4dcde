/**
 * All that is shown while the store is locked: a passphrase, a passkey, or the way out for who has neither. It knows nothing
 * of the account. What was open before is open again afterwards, because the address has not changed.
 */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Unlock } from '../../model/security-views.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import { Button } from '../kit/Button.tsx'
import { Notice } from '../kit/Feedback.tsx'
import { Icon } from '../kit/Icon.tsx'
import { KeyRound, Lock, TriangleAlert } from '../kit/icons.ts'
import { SecretField } from '../kit/SecretField.tsx'
import { errorCode, errorText } from '../state/attempt.ts'
import { useLock } from '../state/lock.ts'
import { useCommands } from '../state/node.tsx'
import { hasPasskeys, askPasskey } from '../state/passkeys.ts'
import { WipeDialog } from './WipeDialog.tsx'
import '../onboarding/start.css'
import './security.css'

export const LockScreen = (): VNode => {
  const { unlock } = useCommands()
  const lock = useLock()
  const [passphrase, setPassphrase] = useState('')
  const [busy, setBusy] = useState<'passphrase' | 'passkey'>()
  const [wrong, setWrong] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const [wiping, setWiping] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const passkeys = lock !== undefined && hasPasskeys() ? lock.passkeys : []
  const asksPassphrase = lock?.passphrase !== false
  const hasNoWay = !asksPassphrase && passkeys.length === 0

  useEffect(() => {
    if (lock !== undefined) (field.current ?? heading.current)?.focus()
  }, [lock === undefined])

  const open = async (how: Unlock): Promise<void> => {
    try {
      await unlock(how)
    } catch (error) {
      const code = errorCode(error)
      if (code !== 'untrusted') setProblem(errorText(code))
      else if (how.by === 'passphrase') setWrong(t('lock.wrong'))
      else setProblem(t('lock.passkeyWrong'))
      field.current?.select()
    }
  }
  const start = (by: 'passphrase' | 'passkey'): void => {
    setBusy(by)
    setWrong(undefined)
    setProblem(undefined)
  }
  const withPassphrase = async (): Promise<void> => {
    if (passphrase === '') {
      field.current?.focus()
      return
    }
    start('passphrase')
    await open({ by: 'passphrase', passphrase })
    setBusy(undefined)
  }
  const withPasskey = async (): Promise<void> => {
    start('passkey')
    try {
      const answer = await askPasskey(passkeys)
      if (answer === 'no-prf') setProblem(t('guard.passkeyNoPrf'))
      else if (answer !== 'cancelled') await open(answer)
    } catch {
      setProblem(t('lock.passkeyFailed'))
    }
    setBusy(undefined)
  }

  return (
    <main class="start" data-screen="locked">
      <div class="start-card">
        <header class="start-head">
          <span class="empty-icon">
            <Icon icon={Lock} size={28} />
          </span>
          <h1 ref={heading} tabIndex={-1}>
            {t('lock.title')}
          </h1>
          <p>{t('lock.text')}</p>
        </header>
        <form
          class="start-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            void withPassphrase()
          }}
        >
          {asksPassphrase && (
            <>
              <SecretField
                label={t('lock.passphrase')}
                value={passphrase}
                onInput={(next) => {
                  setPassphrase(next)
                  setWrong(undefined)
                }}
                error={wrong}
                autoComplete="current-password"
                inputRef={field}
                data-id="unlock-input"
              />
              <Button kind="main" type="submit" wide class="large" busy={busy === 'passphrase'} data-id="unlock">
                {t('lock.unlock')}
              </Button>
            </>
          )}
          {passkeys.length > 0 && (
            <Button
              kind={asksPassphrase ? 'soft' : 'main'}
              icon={KeyRound}
              wide
              class="large"
              busy={busy === 'passkey'}
              data-id="unlock-passkey"
              onClick={() => void withPasskey()}
            >
              {t('lock.passkey')}
            </Button>
          )}
          {hasNoWay && <Notice icon={TriangleAlert}>{t('lock.noPasskeys')}</Notice>}
          {problem !== undefined && (
            <p class="form-problem" role="alert">
              {problem}
            </p>
          )}
        </form>
        <details class="start-details">
          <summary>{t('lock.forgotten')}</summary>
          <p>{t('lock.forgottenText')}</p>
          <Button kind="danger" data-id="wipe" onClick={() => setWiping(true)}>
            {t('lock.wipe')}
          </Button>
        </details>
      </div>
      {wiping && <WipeDialog onClose={() => setWiping(false)} />}
    </main>
  )
}
