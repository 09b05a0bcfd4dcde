/** Ways to somebody: hand out your link, open theirs, scan a code, or find an identity. And the links you have out. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-groups.ts'
import '../i18n/load-pages.ts'
import { Button } from '../kit/Button.tsx'
import { Row, Section } from '../kit/List.tsx'
import { ScanLine, Users } from '../kit/icons.ts'
import { ScreenBar } from '../kit/ScreenBar.tsx'
import { ScreenBody } from '../kit/ScreenBody.tsx'
import { TextField } from '../kit/TextField.tsx'
import { lazyScreen } from '../lazy.tsx'
import { navigate } from '../router.ts'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'
import { inviteIn } from './invite-text.ts'
import { Invites } from './Invites.tsx'
import { LinkCard } from './LinkCard.tsx'
import { openedLinks } from './opened.ts'
import { useOwnLink } from './own-link.ts'
import './pairing.css'

const ScanDialog = lazyScreen<{ readonly onFound: (text: string) => boolean; readonly onClose: () => void }>(
  async () => (await import('./ScanDialog.tsx')).ScanDialog
)

const OpenLink = (): VNode => {
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState(false)
  const open = (): void => {
    const link = inviteIn(text)
    if (link === undefined) setWrong(true)
    else navigate({ name: 'invite', link })
  }
  return (
    <div class="block inline-form">
      <TextField
        label={t('new.pasteLabel')}
        value={text}
        onInput={(next) => {
          setText(next)
          setWrong(false)
        }}
        placeholder={t('new.pastePlaceholder')}
        hint={t('new.pasteHint')}
        error={wrong ? t('new.notALink') : undefined}
        autoComplete="off"
        dir="ltr"
        onEnter={open}
        data-id="paste-link"
      />
      <Button kind="main" data-id="open-link" disabled={text.trim() === ''} onClick={open}>
        {t('new.openButton')}
      </Button>
    </div>
  )
}

const PROBLEMS = {
  own: 'new.findOwn',
  unknown: 'new.findUnknown',
  malformed: 'new.findMalformed',
  offline: 'new.findOffline'
} as const

const FindSomeone = (): VNode => {
  const { findSomeone } = useCommands()
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<keyof typeof PROBLEMS>()
  const [busy, setBusy] = useState(false)
  const find = async (): Promise<void> => {
    setBusy(true)
    const found = await attempt(findSomeone(text.trim()))
    setBusy(false)
    if (found === undefined) return
    if (found.outcome === 'found') navigate({ name: 'chat', chat: found.chat })
    else setProblem(found.outcome)
  }
  return (
    <div class="block inline-form">
      <TextField
        label={t('new.findLabel')}
        value={text}
        onInput={(next) => {
          setText(next)
          setProblem(undefined)
        }}
        placeholder="did:key:z6Mk…"
        hint={t('new.findText')}
        error={problem === undefined ? undefined : t(PROBLEMS[problem])}
        autoComplete="off"
        dir="ltr"
        mono
        onEnter={() => void find()}
        data-id="find-input"
      />
      <Button data-id="find" busy={busy} disabled={text.trim() === ''} onClick={() => void find()}>
        {t('new.findButton')}
      </Button>
    </div>
  )
}

export const NewChat = (): VNode => {
  const own = useOwnLink()
  const [scanning, setScanning] = useState(false)
  const onFound = (text: string): boolean => {
    const link = inviteIn(text)
    if (link === undefined) return false
    openedLinks.markScanned(link)
    setScanning(false)
    navigate({ name: 'invite', link })
    return true
  }
  return (
    <div class="screen" data-screen="new-chat">
      <ScreenBar title={t('new.title')} />
      <ScreenBody>
        <Section>
          <Row
            icon={Users}
            title={t('group.new')}
            detail={t('group.newText')}
            to={{ name: 'new-group' }}
            data-id="new-group"
          />
        </Section>
        <Section title={t('new.yourLink')} note={t('new.yourLinkText')}>
          <div class="block">
            <LinkCard own={own} />
          </div>
        </Section>
        <Section title={t('new.open')}>
          <OpenLink />
          <Row
            icon={ScanLine}
            title={t('new.scan')}
            detail={t('new.scanText')}
            data-id="scan"
            onClick={() => setScanning(true)}
          />
        </Section>
        <Section title={t('new.find')}>
          <FindSomeone />
        </Section>
        <Invites />
      </ScreenBody>
      {scanning && <ScanDialog onFound={onFound} onClose={() => setScanning(false)} />}
    </div>
  )
}
