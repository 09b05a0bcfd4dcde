/** An OpenPGP text from elsewhere, opened: what it says, and in plain words who signed it (ID8). Nothing is stored. */
import type { VNode } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { OpenedText } from '../../model/security-views.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import { Button } from '../kit/Button.tsx'
import { CopyRow } from '../kit/CopyRow.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { Notice } from '../kit/Feedback.tsx'
import { CircleAlert, FileKey, Info, ShieldCheck, TriangleAlert } from '../kit/icons.ts'
import { Row, Section } from '../kit/List.tsx'
import { navigate } from '../router.ts'
import { errorCode, errorText } from '../state/attempt.ts'
import { useAccount, useCommands } from '../state/node.tsx'
import { openTextDialog } from './openpgp-state.ts'
import './security.css'

const KINDS = { good: 'good', unknown: 'warn', bad: 'bad', none: 'plain' } as const
const ICONS = { good: ShieldCheck, unknown: CircleAlert, bad: TriangleAlert, none: Info } as const

const useVerdict = (opened: OpenedText): string => {
  const account = useAccount()
  const { signature, did, name } = opened
  if (signature === 'good')
    return account?.state === 'ready' && account.did === did
      ? t('pgp.goodSelf')
      : t('pgp.good', { name: name ?? did ?? opened.signer ?? '?' })
  return t(`pgp.${signature}`)
}

const Opened = ({ opened, onClose }: { readonly opened: OpenedText; readonly onClose: () => void }): VNode => {
  const { signature, signer, chat, text } = opened
  const verdict = useVerdict(opened)
  return (
    <div class="stack">
      <Notice icon={ICONS[signature]} kind={KINDS[signature]}>
        <span data-id="pgp-verdict" data-signature={signature}>
          {verdict}
        </span>
      </Notice>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key */}
      <div class="pgp-result" dir="auto" tabIndex={0} role="region" aria-label={t('pgp.text')} data-id="pgp-text">
        {text}
      </div>
      {signer !== undefined && <CopyRow title={t('pgp.signer')} text={signer.toUpperCase()} groups />}
      {chat !== undefined && (
        <div class="cluster">
          <Button
            data-id="pgp-to-chat"
            onClick={() => {
              onClose()
              navigate({ name: 'chat', chat })
            }}
          >
            {t('pgp.toChat')}
          </Button>
        </div>
      )}
    </div>
  )
}

export const OpenPgpDialog = ({ onClose }: { readonly onClose: () => void }): VNode => {
  const { openOpenPgpText } = useCommands()
  const id = useId()
  const [armoured, setArmoured] = useState('')
  const [opened, setOpened] = useState<OpenedText>()
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)

  const open = async (): Promise<void> => {
    setBusy(true)
    setProblem(undefined)
    try {
      setOpened(await openOpenPgpText(armoured))
    } catch (error) {
      const code = errorCode(error)
      setProblem(code === 'timeout' || code === 'internal' ? errorText(code) : t('pgp.failed'))
    }
    setBusy(false)
  }

  return (
    <Dialog
      title={t('pgp.open')}
      onClose={onClose}
      actions={
        opened === undefined ? (
          <>
            <Button kind="plain" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              kind="main"
              busy={busy}
              disabled={armoured.trim() === ''}
              data-id="pgp-open"
              onClick={() => void open()}
            >
              {t('pgp.openButton')}
            </Button>
          </>
        ) : (
          <Button
            kind="plain"
            data-id="pgp-another"
            onClick={() => {
              setOpened(undefined)
              setArmoured('')
            }}
          >
            {t('pgp.another')}
          </Button>
        )
      }
    >
      {opened !== undefined ? (
        <Opened opened={opened} onClose={onClose} />
      ) : (
        <div class={`field stack ${problem === undefined ? '' : 'wrong'}`}>
          <p id={`${id}-note`}>{t('pgp.openText')}</p>
          <label for={id} class="sr-only">
            {t('pgp.paste')}
          </label>
          <textarea
            id={id}
            class="pgp-text"
            dir="ltr"
            value={armoured}
            placeholder="-----BEGIN PGP MESSAGE-----"
            spellcheck={false}
            autoComplete="off"
            aria-describedby={problem === undefined ? `${id}-note` : `${id}-problem`}
            aria-invalid={problem === undefined ? undefined : 'true'}
            data-id="pgp-paste"
            onInput={(event) => {
              setArmoured(event.currentTarget.value)
              setProblem(undefined)
            }}
          />
          {problem !== undefined && (
            <p id={`${id}-problem`} class="field-note" role="alert">
              {problem}
            </p>
          )}
        </div>
      )}
    </Dialog>
  )
}

/** In the settings, for whoever looks for it there. */
export const OpenPgpSection = (): VNode => (
  <Section title="OpenPGP">
    <Row icon={FileKey} title={t('pgp.open')} data-id="open-openpgp" onClick={openTextDialog} />
  </Section>
)
