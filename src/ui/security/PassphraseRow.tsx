/** Setting, changing and taking away the passphrase that opens this device. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { LockView, Unlock } from '../../model/security-views.ts'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { KeyRound } from '../kit/icons.ts'
import { Row } from '../kit/List.tsx'
import { SecretField } from '../kit/SecretField.tsx'
import { showToast } from '../kit/toasts.ts'
import { errorCode, errorText } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'
import { askPasskey } from '../state/passkeys.ts'
import { ConfirmOwner } from './ConfirmOwner.tsx'
import { isFit, NewPassphrase, NOTHING_CHOSEN } from './NewPassphrase.tsx'

export const PassphraseRow = ({ lock }: { readonly lock: LockView }): VNode => {
  const { setPassphrase } = useCommands()
  const [changing, setChanging] = useState(false)
  const [removing, setRemoving] = useState(false)
  const isOpen = changing || !lock.passphrase
  return (
    <>
      <Row
        icon={KeyRound}
        title={t('guard.passphrase')}
        detail={lock.passphrase ? t('guard.passphraseOn') : t('guard.passphraseOff')}
        data-id="passphrase-state"
        data-set={lock.passphrase}
        end={
          lock.passphrase && (
            <span class="row-buttons">
              <Button
                kind="plain"
                data-id="passphrase-change"
                aria-expanded={changing}
                onClick={() => setChanging(!changing)}
              >
                {t('guard.change')}
              </Button>
              <Button kind="plain" data-id="passphrase-remove" onClick={() => setRemoving(true)}>
                {t('guard.remove')}
              </Button>
            </span>
          )
        }
      />
      {isOpen && <PassphraseForm lock={lock} onDone={() => setChanging(false)} />}
      {removing && (
        <ConfirmOwner
          lock={lock}
          title={t('guard.removeTitle')}
          text={lock.passkeys.length > 0 ? t('guard.removeText') : t('guard.removeLastText')}
          yes={t('guard.remove')}
          danger
          run={async (have) => {
            await setPassphrase(null, have)
            showToast({ text: t('guard.wasRemoved') })
          }}
          onClose={() => setRemoving(false)}
        />
      )}
    </>
  )
}

const PassphraseForm = ({ lock, onDone }: { readonly lock: LockView; readonly onDone: () => void }): VNode => {
  const { setPassphrase } = useCommands()
  const [current, setCurrent] = useState('')
  const [chosen, setChosen] = useState(NOTHING_CHOSEN)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<string>()

  /** What opens it now; `'cancelled'` when the person closed the question. */
  const proof = async (): Promise<Unlock | 'none' | 'cancelled'> => {
    if (lock.passphrase) return { by: 'passphrase', passphrase: current }
    if (lock.passkeys.length === 0) return 'none'
    const answer = await askPasskey(lock.passkeys)
    return typeof answer === 'string' ? 'cancelled' : answer
  }
  const save = async (): Promise<void> => {
    setTried(true)
    if (!isFit(chosen)) return
    setBusy(true)
    setWrong(undefined)
    try {
      const have = await proof()
      if (have !== 'cancelled') {
        await (have === 'none' ? setPassphrase(chosen.first) : setPassphrase(chosen.first, have))
        showToast({ text: t('guard.wasSet') })
        setChosen(NOTHING_CHOSEN)
        setCurrent('')
        setTried(false)
        onDone()
      }
    } catch (error) {
      const code = errorCode(error)
      setWrong(code === 'untrusted' ? t('guard.wrong') : errorText(code))
    }
    setBusy(false)
  }

  return (
    <form
      class="block stack"
      aria-label={lock.passphrase ? t('guard.changeTitle') : t('guard.setTitle')}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      {lock.passphrase && (
        <SecretField
          label={t('guard.current')}
          value={current}
          onInput={(next) => {
            setCurrent(next)
            setWrong(undefined)
          }}
          error={wrong}
          autoComplete="current-password"
          focusFirst
          data-id="passphrase-current"
        />
      )}
      <NewPassphrase label={t('guard.new')} chosen={chosen} onChange={setChosen} tried={tried} />
      {!lock.passphrase && wrong !== undefined && (
        <p class="form-problem" role="alert">
          {wrong}
        </p>
      )}
      <div class="cluster">
        <Button kind="main" type="submit" busy={busy} data-id="passphrase-set">
          {lock.passphrase ? t('guard.change') : t('guard.setTitle')}
        </Button>
        {lock.passphrase && (
          <Button kind="plain" onClick={onDone}>
            {t('common.cancel')}
          </Button>
        )}
      </div>
    </form>
  )
}
