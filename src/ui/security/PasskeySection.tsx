/** The passkeys that open this device. A browser or an authenticator that cannot do it is told so in words. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { LockView, Unlock } from '../../model/security-views.ts'
import { t } from '../i18n/i18n.ts'
import { IconButton } from '../kit/Button.tsx'
import { Notice } from '../kit/Feedback.tsx'
import { Fingerprint, Info, Plus, Trash2 } from '../kit/icons.ts'
import { Row, Section } from '../kit/List.tsx'
import { showToast } from '../kit/toasts.ts'
import { attempt } from '../state/attempt.ts'
import { useAccount, useCommands } from '../state/node.tsx'
import { hasPasskeys, makePasskey } from '../state/passkeys.ts'
import { ConfirmOwner } from './ConfirmOwner.tsx'

export const PasskeySection = ({ lock }: { readonly lock: LockView }): VNode => {
  const { addPasskey, removePasskey } = useCommands()
  const account = useAccount()
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<number>()
  const [problem, setProblem] = useState<string>()
  const name = account?.state === 'ready' ? account.name : t('app.name')
  const isLocked = lock.passphrase || lock.passkeys.length > 0

  const add = async (have?: Unlock): Promise<void> => {
    setProblem(undefined)
    const made = await makePasskey(name, lock.passkeys)
    if (made === 'cancelled') setProblem(t('guard.passkeyCancelled'))
    else if (made === 'no-prf') setProblem(t('guard.passkeyNoPrf'))
    else {
      await (have === undefined ? addPasskey(made) : addPasskey(made, have))
      showToast({ text: t('guard.passkeyAdded') })
    }
  }
  const chosen = removing === undefined ? undefined : lock.passkeys[removing]
  const isLast = !lock.passphrase && lock.passkeys.length === 1

  return (
    <Section title={t('guard.passkeys')} note={t('guard.passkeyNote')}>
      {lock.passkeys.map((_, index) => (
        <Row
          key={index}
          icon={Fingerprint}
          title={t('guard.passkeyNumber', { number: index + 1 })}
          data-id="passkey-row"
          end={
            <IconButton
              icon={Trash2}
              size={18}
              label={t('guard.passkeyRemove', { number: index + 1 })}
              data-id="passkey-remove"
              onClick={() => setRemoving(index)}
            />
          }
        />
      ))}
      {hasPasskeys() ? (
        <Row
          icon={Plus}
          title={t('guard.passkeyAdd')}
          data-id="passkey-add"
          onClick={() => (isLocked ? setAdding(true) : void attempt(add()))}
        />
      ) : (
        <Notice icon={Info}>{t('guard.passkeyMissing')}</Notice>
      )}
      {problem !== undefined && (
        <Notice icon={Info} kind="warn">
          {problem}
        </Notice>
      )}
      {adding && (
        <ConfirmOwner
          lock={lock}
          title={t('guard.confirmTitle')}
          yes={t('guard.continue')}
          run={add}
          onClose={() => setAdding(false)}
        />
      )}
      {chosen !== undefined && removing !== undefined && (
        <ConfirmOwner
          lock={lock}
          title={t('guard.passkeyRemove', { number: removing + 1 })}
          {...(isLast ? { text: t('guard.passkeyLastText') } : {})}
          yes={t('guard.remove')}
          danger
          run={async (have) => {
            await removePasskey(chosen.credential, have)
            showToast({ text: t('guard.passkeyRemoved') })
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Section>
  )
}
