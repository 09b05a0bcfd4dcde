/** Asks for what opens the store before the lock itself is changed, and does it; a wrong answer changes nothing. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { LockView, Unlock } from '../../model/security-views.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { KeyRound } from '../kit/icons.ts'
import { SecretField } from '../kit/SecretField.tsx'
import { errorCode, errorText } from '../state/attempt.ts'
import { hasPasskeys, askPasskey } from '../state/passkeys.ts'
import './security.css'

interface ConfirmOwnerProps {
  readonly lock: LockView
  readonly title: string
  readonly text?: string
  readonly yes: string
  readonly danger?: boolean
  /** @throws AppError `untrusted` when it was not the right one. */
  readonly run: (have: Unlock) => Promise<void>
  readonly onClose: () => void
}

export const ConfirmOwner = ({ lock, title, text, yes, danger = false, run, onClose }: ConfirmOwnerProps): VNode => {
  const [passphrase, setPassphrase] = useState('')
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)

  const attemptWith = async (have: () => Promise<Unlock | undefined>): Promise<void> => {
    setBusy(true)
    setProblem(undefined)
    try {
      const answer = await have()
      if (answer !== undefined) {
        await run(answer)
        onClose()
        return
      }
    } catch (error) {
      const code = errorCode(error)
      setProblem(code === 'untrusted' ? t('guard.wrong') : errorText(code))
    }
    setBusy(false)
  }
  const withPassphrase = (): void => {
    if (passphrase === '') setProblem(t('guard.wrong'))
    else void attemptWith(async () => ({ by: 'passphrase', passphrase }))
  }
  const withPasskey = (): void =>
    void attemptWith(async () => {
      const answer = await askPasskey(lock.passkeys)
      if (answer === 'no-prf') setProblem(t('guard.passkeyNoPrf'))
      return typeof answer === 'string' ? undefined : answer
    })

  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          {lock.passphrase && (
            <Button kind={danger ? 'danger' : 'main'} busy={busy} data-id="owner-confirm" onClick={withPassphrase}>
              {yes}
            </Button>
          )}
        </>
      }
    >
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          withPassphrase()
        }}
      >
        {text !== undefined && <p>{text}</p>}
        {lock.passphrase && (
          <SecretField
            label={t('guard.current')}
            value={passphrase}
            onInput={(next) => {
              setPassphrase(next)
              setProblem(undefined)
            }}
            error={problem}
            autoComplete="current-password"
            focusFirst
            data-id="passphrase-current"
          />
        )}
        {lock.passkeys.length > 0 && hasPasskeys() && (
          <Button icon={KeyRound} wide busy={busy} data-id="owner-passkey" onClick={withPasskey}>
            {t('guard.confirmPasskey')}
          </Button>
        )}
        {!lock.passphrase && problem !== undefined && (
          <p class="form-problem" role="alert">
            {problem}
          </p>
        )}
      </form>
    </Dialog>
  )
}
