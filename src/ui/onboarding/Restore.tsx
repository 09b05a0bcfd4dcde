/** First run for who has a backup (DV5): file and passphrase, progress, and what was restored. Nothing changes before the end. */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { formatBytes } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import type { BackupOutcome } from '../../model/security-views.ts'
import { Button } from '../kit/Button.tsx'
import { Notice } from '../kit/Feedback.tsx'
import { Icon } from '../kit/Icon.tsx'
import { FileKey, Info, ShieldCheck, TriangleAlert } from '../kit/icons.ts'
import { SecretField } from '../kit/SecretField.tsx'
import { navigate, route } from '../router.ts'
import { errorCode, errorText } from '../state/attempt.ts'
import { remindLater } from '../state/backup-memory.ts'
import { useCommands } from '../state/node.tsx'
import { rightNow } from '../state/now.ts'
import { readBackup, UnreadableFile } from '../state/transfer.ts'
import { endFirstRun } from './first-run.ts'
import './start.css'
import '../security/security.css'

interface RestoreProps {
  /** The account is there: the welcome page must not end the first run over the head of this one. */
  readonly onBusy: (busy: boolean) => void
  readonly onBack: () => void
}

const problemOf = (error: unknown): string => {
  if (error instanceof UnreadableFile) return t('restore.unreadable')
  const code = errorCode(error)
  if (code === 'untrusted') return t('restore.wrong')
  if (code === 'malformed') return t('restore.damaged')
  if (code === 'needs-newer') return t('restore.newer')
  if (code === 'conflict') return t('restore.taken')
  if (code === 'quota') return errorText(code)
  return t('restore.failed')
}

export const Restore = ({ onBusy, onBack }: RestoreProps): VNode => {
  const commands = useCommands()
  const [file, setFile] = useState<File>()
  const [passphrase, setPassphrase] = useState('')
  const [tried, setTried] = useState(false)
  const [done, setDone] = useState<number>()
  const [problem, setProblem] = useState<string>()
  const [outcome, setOutcome] = useState<BackupOutcome>()
  const picker = useRef<HTMLInputElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const stopping = useRef<AbortController>(undefined)
  useEffect(() => heading.current?.focus(), [outcome])
  useEffect(() => () => stopping.current?.abort(), [])

  const start = async (): Promise<void> => {
    setTried(true)
    setProblem(undefined)
    if (file === undefined || passphrase === '') return
    const stop = new AbortController()
    stopping.current = stop
    onBusy(true)
    setDone(0)
    try {
      setOutcome(await readBackup(commands, passphrase, file, { signal: stop.signal, tell: setDone }))
      setPassphrase('')
      // there is a backup: this one
      remindLater(rightNow())
    } catch (error) {
      onBusy(false)
      if (!stop.signal.aborted) setProblem(problemOf(error))
    }
    setDone(undefined)
  }

  if (outcome !== undefined) return <Restored outcome={outcome} />
  return (
    <main class="start" data-screen="restore">
      <div class="start-card">
        <header class="start-head">
          <h1 ref={heading} tabIndex={-1}>
            {t('restore.title')}
          </h1>
          <p>{t('restore.text')}</p>
        </header>
        <form
          class="start-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            void start()
          }}
        >
          <div class={`field ${tried && file === undefined ? 'wrong' : ''}`}>
            <button
              type="button"
              class="file-pick"
              disabled={done !== undefined}
              onClick={() => picker.current?.click()}
            >
              <Icon icon={FileKey} />
              <span class="row-text">
                <span class="row-title" dir="auto">
                  {file === undefined ? t('restore.choose') : file.name}
                </span>
                <span class="row-detail">
                  {file === undefined ? '.backup' : `${formatBytes(file.size)} · ${t('restore.other')}`}
                </span>
              </span>
            </button>
            <input
              ref={picker}
              type="file"
              class="sr-only"
              tabIndex={-1}
              accept=".backup,application/octet-stream"
              aria-label={t('restore.file')}
              data-id="restore-file"
              onChange={(event) => {
                setFile(event.currentTarget.files?.[0])
                setProblem(undefined)
              }}
            />
            {tried && file === undefined && (
              <p class="field-note" role="alert">
                {t('restore.noFile')}
              </p>
            )}
          </div>
          <SecretField
            label={t('restore.passphrase')}
            value={passphrase}
            onInput={(next) => {
              setPassphrase(next)
              setProblem(undefined)
            }}
            error={tried && passphrase === '' ? t('restore.noPassphrase') : undefined}
            autoComplete="current-password"
            data-id="restore-passphrase"
          />
          <Notice icon={Info}>{t('restore.takeover')}</Notice>
          {problem !== undefined && (
            <Notice icon={TriangleAlert} kind="bad">
              <span data-id="restore-problem">{problem}</span>
            </Notice>
          )}
          {done !== undefined && file !== undefined && (
            <div class="stack" data-id="restore-progress">
              <p class="muted" role="status">
                {done < file.size ? t('restore.reading') : t('restore.finishing')}
              </p>
              <progress
                class="progress"
                aria-label={t('restore.title')}
                max={file.size}
                {...(done < file.size ? { value: done } : {})}
              />
            </div>
          )}
          <Button kind="main" type="submit" wide class="large" busy={done !== undefined} data-id="restore-start">
            {t('restore.start')}
          </Button>
        </form>
        {done === undefined && (
          <Button kind="plain" data-id="restore-back" onClick={onBack}>
            {t('restore.back')}
          </Button>
        )}
      </div>
    </main>
  )
}

const Restored = ({ outcome }: { readonly outcome: BackupOutcome }): VNode => (
  <main class="start" data-screen="restored">
    <div class="start-card">
      <header class="start-head">
        <span class="empty-icon">
          <Icon icon={ShieldCheck} size={28} />
        </span>
        <h1>{t('restore.doneTitle', { name: outcome.name })}</h1>
        <p data-id="restored-count">{t('restore.done', { count: outcome.messages })}</p>
      </header>
      <div class="facts start-text">
        <p>{t('restore.donePeople')}</p>
        <p>{t('restore.doneOther')}</p>
      </div>
      <Button
        kind="main"
        wide
        class="large"
        data-id="restored-continue"
        onClick={() => {
          endFirstRun()
          // an invitation that brought the person here is opened next
          if (route.peek().name !== 'invite') navigate({ name: 'chats' }, { replace: true })
        }}
      >
        {t('restore.toChats')}
      </Button>
    </div>
  </main>
)
