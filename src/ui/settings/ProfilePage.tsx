/** Name and photo, as the people one chats with see them. */
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Section } from '../kit/List.tsx'
import { PhotoField } from '../kit/PhotoField.tsx'
import { TextField } from '../kit/TextField.tsx'
import { showToast } from '../kit/toasts.ts'
import { attempt } from '../state/attempt.ts'
import { useAccount, useCommands } from '../state/node.tsx'

const MAX_NAME = 60

export const ProfilePage = (): VNode => {
  const account = useAccount()
  const { setProfile } = useCommands()
  const stored = account?.state === 'ready' ? account.name : ''
  const [name, setName] = useState(stored)
  useEffect(() => setName(stored), [stored])
  const changed = name.trim() !== '' && name.trim() !== stored

  const save = async (): Promise<void> => {
    if (!changed) return
    const done = await attempt(async () => {
      await setProfile({ name: name.trim() })
      return true
    })
    if (done === true) showToast({ text: t('profile.saved') })
  }

  return (
    <Section note={t('profile.hint')}>
      <form
        class="block profile"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <PhotoField
          name={name}
          avatar={account?.state === 'ready' ? account.avatar : { hue: 232 }}
          size={112}
          onChange={(photo) => void attempt(setProfile({ photo }))}
        />
        <TextField
          label={t('profile.name')}
          value={name}
          onInput={setName}
          error={name.trim() === '' && stored !== '' ? t('welcome.nameMissing') : undefined}
          maxLength={MAX_NAME}
          autoComplete="name"
          data-id="name-input"
        />
        <Button kind="main" type="submit" disabled={!changed} data-id="save-profile">
          {t('common.save')}
        </Button>
      </form>
    </Section>
  )
}
