/**
 * First run, step one: a name, and a photo for whoever likes. The identity is made in the background meanwhile. Who came
 * by an invitation sees it here, and lands in that chat.
 */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { InvitePreview } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Brand } from '../kit/Brand.tsx'
import { Button } from '../kit/Button.tsx'
import { PhotoField } from '../kit/PhotoField.tsx'
import { TextField } from '../kit/TextField.tsx'
import { navigate, route } from '../router.ts'
import { attempt } from '../state/attempt.ts'
import { useAccount, useCommands } from '../state/node.tsx'
import { lazyScreen } from '../lazy.tsx'
import { Elsewhere } from './Elsewhere.tsx'
import { endFirstRun, showFirstLink } from './first-run.ts'
import { InviteHead } from './InviteHead.tsx'
import './start.css'

const Restore = lazyScreen<{ readonly onBusy: (busy: boolean) => void; readonly onBack: () => void }>(
  async () => (await import('./Restore.tsx')).Restore
)

/** What a card has room for (80 bytes are enough for 20 of the longest characters). */
const MAX_NAME = 60
/** The hue before there is an identity to take it from. */
const HUE = 232

export const Welcome = (): VNode => {
  const commands = useCommands()
  const account = useAccount()
  const here = route.value
  const link = here.name === 'invite' ? here.link : undefined
  const [name, setName] = useState('')
  const [photo, setPhoto] = useState<Uint8Array>()
  const [missing, setMissing] = useState(false)
  const [busy, setBusy] = useState(false)
  const [elsewhere, setElsewhere] = useState(false)
  const [restoring, setRestoring] = useState(false)
  const [preview, setPreview] = useState<InvitePreview>()
  const field = useRef<HTMLInputElement>(null)
  const prepared = useRef<Promise<unknown>>(undefined)

  useEffect(() => {
    // a failure is shown when it matters: at "Continue", which tries again
    prepared.current = commands.prepareAccount().catch(() => undefined)
    field.current?.focus()
  }, [])

  useEffect(() => {
    if (link === undefined) return
    let gone = false
    commands.readInvite(link).then(
      (read) => !gone && setPreview(read),
      () => !gone && setPreview({ outcome: 'offline' })
    )
    return () => {
      gone = true
    }
  }, [link])

  // another tab was faster
  useEffect(() => {
    if (account?.state === 'ready' && !busy) endFirstRun()
  }, [account?.state, busy])

  const finish = async (): Promise<void> => {
    await prepared.current
    await commands.prepareAccount()
    await commands.createAccount({ name: name.trim(), ...(photo === undefined ? {} : { photo }) })
    if (link === undefined) {
      showFirstLink()
      return
    }
    // whatever goes wrong from here, the account is there and the invitation page says what is wrong with the link
    const chat = await attempt(commands.openInvite(link))
    if (chat !== undefined) navigate({ name: 'chat', chat }, { replace: true })
    endFirstRun()
  }

  const submit = async (): Promise<void> => {
    if (name.trim() === '') {
      setMissing(true)
      field.current?.focus()
      return
    }
    setBusy(true)
    await attempt(finish())
    setBusy(false)
  }

  if (restoring) return <Restore onBusy={setBusy} onBack={() => setRestoring(false)} />
  return (
    <main class="start" data-screen="welcome">
      <div class="start-card">
        {link === undefined ? (
          <header class="start-head">
            <Brand size={56} />
            <h1>{t('app.name')}</h1>
            <p>{t('welcome.text')}</p>
          </header>
        ) : (
          <InviteHead preview={preview} />
        )}
        <form
          class="start-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            void submit()
          }}
        >
          <PhotoField
            name={name}
            avatar={{ hue: HUE, ...(photo === undefined ? {} : { photo }) }}
            size={link === undefined ? 88 : 64}
            onChange={(next) => setPhoto(next ?? undefined)}
          />
          <TextField
            label={t('welcome.nameLabel')}
            value={name}
            onInput={(next) => {
              setName(next)
              setMissing(false)
            }}
            placeholder={t('welcome.namePlaceholder')}
            hint={t('welcome.nameHint')}
            error={missing ? t('welcome.nameMissing') : undefined}
            maxLength={MAX_NAME}
            autoComplete="name"
            inputRef={field}
            data-id="name-input"
          />
          <Button kind="main" type="submit" wide class="large" busy={busy} data-id="continue">
            {busy
              ? t('welcome.making')
              : link === undefined
                ? t('welcome.start')
                : preview?.outcome === 'group'
                  ? t('invite.join')
                  : t('invite.accept')}
          </Button>
        </form>
        <div class="start-ways">
          <Button kind="plain" data-id="restore-backup" onClick={() => setRestoring(true)}>
            {t('restore.have')}
          </Button>
          <Button kind="plain" data-id="elsewhere" onClick={() => setElsewhere(true)}>
            {t('welcome.elsewhere')}
          </Button>
        </div>
      </div>
      {elsewhere && <Elsewhere link={link} onClose={() => setElsewhere(false)} />}
    </main>
  )
}
