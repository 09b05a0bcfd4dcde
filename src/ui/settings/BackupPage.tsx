/** Making a backup (DV5): what it holds, what it costs to lose its passphrase, and the file itself. */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { dayKey } from '../chat/rows.ts'
import { formatAgo, formatBytes } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import { Button } from '../kit/Button.tsx'
import { Notice } from '../kit/Feedback.tsx'
import { Info, ShieldCheck, TriangleAlert } from '../kit/icons.ts'
import { Section } from '../kit/List.tsx'
import { isFit, NewPassphrase, NOTHING_CHOSEN } from '../security/NewPassphrase.tsx'
import { noteBackup, lastBackup } from '../state/backup-memory.ts'
import { useCommands } from '../state/node.tsx'
import { now, rightNow } from '../state/now.ts'
import { openPartsFile } from '../state/save-parts.ts'
import { writeBackup } from '../state/transfer.ts'
import '../security/security.css'

type Step =
  | { readonly at: 'form'; readonly problem?: string }
  | { readonly at: 'writing'; readonly bytes: number }
  | { readonly at: 'done'; readonly name: string; readonly bytes: number }

/** The day is in the name, so that two backups can be told apart. */
const fileName = (at: number): string => `cryptochat-${dayKey(at)}.backup`

const warnLeaving = (event: BeforeUnloadEvent): void => event.preventDefault()

export const BackupPage = (): VNode => {
  const commands = useCommands()
  const [chosen, setChosen] = useState(NOTHING_CHOSEN)
  const [tried, setTried] = useState(false)
  const [step, setStep] = useState<Step>({ at: 'form' })
  const stopping = useRef<AbortController>(undefined)

  useEffect(() => () => stopping.current?.abort(), [])
  useEffect(() => {
    if (step.at !== 'writing') return
    window.addEventListener('beforeunload', warnLeaving)
    return () => window.removeEventListener('beforeunload', warnLeaving)
  }, [step.at])

  const make = async (): Promise<void> => {
    setTried(true)
    if (!isFit(chosen)) return
    const file = await openPartsFile(fileName(rightNow()), t('settings.backup'))
    if (file === undefined) return
    const stop = new AbortController()
    stopping.current = stop
    setStep({ at: 'writing', bytes: 0 })
    try {
      const bytes = await writeBackup(commands, chosen.first, file, {
        signal: stop.signal,
        tell: (done) => setStep({ at: 'writing', bytes: done })
      })
      noteBackup(rightNow())
      setStep({ at: 'done', name: file.name, bytes })
      setChosen(NOTHING_CHOSEN)
      setTried(false)
    } catch {
      setStep({ at: 'form', problem: stop.signal.aborted ? t('backup.cancelled') : t('backup.failed') })
    }
  }
  const last = lastBackup.value

  return (
    <>
      <Section
        title={t('backup.make')}
        note={last === undefined ? t('backup.never') : t('backup.last', { when: formatAgo(last, now.value) })}
      >
        <div class="block facts">
          <p>{t('backup.text')}</p>
          <p>{t('backup.inside')}</p>
        </div>
        <Notice icon={Info}>{t('backup.outside')}</Notice>
        {step.at === 'form' && (
          <form
            class="block stack"
            noValidate
            onSubmit={(event) => {
              event.preventDefault()
              void make()
            }}
          >
            <NewPassphrase label={t('backup.passphrase')} chosen={chosen} onChange={setChosen} tried={tried} />
            {step.problem !== undefined && (
              <Notice icon={TriangleAlert} kind="bad">
                {step.problem}
              </Notice>
            )}
            <div class="cluster">
              <Button kind="main" type="submit" data-id="backup-start">
                {t('backup.save')}
              </Button>
            </div>
          </form>
        )}
        {step.at === 'writing' && (
          <div class="block stack" data-id="backup-progress">
            <p role="status">{t('backup.working', { size: formatBytes(step.bytes) })}</p>
            <progress class="progress" aria-label={t('backup.make')} />
            <div class="cluster">
              <Button data-id="backup-stop" onClick={() => stopping.current?.abort()}>
                {t('backup.cancel')}
              </Button>
            </div>
          </div>
        )}
        {step.at === 'done' && (
          <div class="block stack" data-id="backup-done">
            <Notice icon={ShieldCheck} kind="good">
              <b>{t('backup.doneTitle')}</b>
              <p>{t('backup.done', { name: step.name, size: formatBytes(step.bytes) })}</p>
            </Notice>
            <div class="cluster">
              <Button data-id="backup-again" onClick={() => setStep({ at: 'form' })}>
                {t('backup.again')}
              </Button>
            </div>
          </div>
        )}
      </Section>
    </>
  )
}
