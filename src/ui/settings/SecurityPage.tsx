/** What locks this device, who one is in keys, and taking the key out (ID8). */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { CopyRow } from '../kit/CopyRow.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { Notice } from '../kit/Feedback.tsx'
import { Download, KeyRound, Lock, TriangleAlert } from '../kit/icons.ts'
import { Row, Section } from '../kit/List.tsx'
import { TextField } from '../kit/TextField.tsx'
import { showToast } from '../kit/toasts.ts'
import { LockSettings, WipeSection } from '../security/LockSettings.tsx'
import { OpenPgpSection } from '../security/OpenPgpDialog.tsx'
import { attempt } from '../state/attempt.ts'
import { saveFile } from '../state/save-file.ts'
import { useAccount, useCommands } from '../state/node.tsx'

/** Short of that, a stolen file is guessed. */
const MIN_PASSPHRASE = 12

const FILES = {
  certificate: 'cryptochat-certificate.asc',
  gnupg: 'cryptochat-gnupg.asc',
  secret: 'cryptochat-secret-key.asc'
} as const

const SecretDialog = ({ onClose }: { readonly onClose: () => void }): VNode => {
  const { exportKey } = useCommands()
  const [first, setFirst] = useState('')
  const [second, setSecond] = useState('')
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const short = first.length < MIN_PASSPHRASE
  const different = first !== second

  const save = async (): Promise<void> => {
    setTried(true)
    if (short || different) return
    setBusy(true)
    const text = await attempt(exportKey('secret', first))
    setBusy(false)
    if (text === undefined) return
    saveFile(FILES.secret, text)
    onClose()
  }

  return (
    <Dialog
      title={t('security.secret')}
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button kind="main" busy={busy} data-id="export-confirm" onClick={() => void save()}>
            {t('security.exportButton')}
          </Button>
        </>
      }
    >
      <div class="stack">
        <Notice icon={TriangleAlert} kind="warn">
          {t('security.secretWarning')}
        </Notice>
        <TextField
          label={t('security.passphrase')}
          type="password"
          value={first}
          onInput={setFirst}
          hint={t('security.passphraseHint')}
          error={tried && short ? t('security.tooShort') : undefined}
          autoComplete="new-password"
          focusFirst
          data-id="passphrase"
        />
        <TextField
          label={t('security.passphraseAgain')}
          type="password"
          value={second}
          onInput={setSecond}
          error={tried && !short && different ? t('security.different') : undefined}
          autoComplete="new-password"
          onEnter={() => void save()}
          data-id="passphrase-again"
        />
      </div>
    </Dialog>
  )
}

export const SecurityPage = (): VNode => {
  const account = useAccount()
  const { exportKey } = useCommands()
  const [asking, setAsking] = useState(false)

  const save = async (what: 'certificate' | 'gnupg'): Promise<void> => {
    const text = await attempt(exportKey(what))
    if (text === undefined) return
    saveFile(FILES[what], text)
    showToast({ text: t('security.exported') })
  }

  return (
    <>
      <LockSettings />
      {account?.state === 'ready' && (
        <Section title={t('contact.identity')} note={t('security.identityNote')}>
          <CopyRow title={t('security.fingerprint')} text={account.fingerprint} groups data-id="own-fingerprint" />
          <CopyRow title={t('security.did')} text={account.did} data-id="own-did" />
        </Section>
      )}
      <Section title={t('security.export')}>
        <Row
          icon={Download}
          title={t('security.certificate')}
          detail={t('security.certificateText')}
          data-id="export-certificate"
          onClick={() => void save('certificate')}
        />
        <Row
          icon={KeyRound}
          title={t('security.gnupg')}
          detail={t('security.gnupgText')}
          data-id="export-gnupg"
          onClick={() => void save('gnupg')}
        />
        <Row
          icon={Lock}
          title={t('security.secret')}
          detail={t('security.secretText')}
          data-id="export-secret"
          onClick={() => setAsking(true)}
        />
      </Section>
      <OpenPgpSection />
      <WipeSection />
      {asking && <SecretDialog onClose={() => setAsking(false)} />}
    </>
  )
}
