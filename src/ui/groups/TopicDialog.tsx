/** The group's name and description, for whoever may change them. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { GroupView } from '../../model/group-views.ts'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { TextField } from '../kit/TextField.tsx'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'

export const MAX_GROUP_NAME = 60
const MAX_DESCRIPTION = 500

interface TopicDialogProps {
  readonly group: GroupView
  readonly onClose: () => void
}

export const TopicDialog = ({ group, onClose }: TopicDialogProps): VNode => {
  const { setTopic } = useCommands()
  const [name, setName] = useState(group.name)
  const [description, setDescription] = useState(group.description ?? '')
  const [busy, setBusy] = useState(false)
  const missing = name.trim() === ''

  const save = async (): Promise<void> => {
    if (missing) return
    const change = {
      ...(name.trim() === group.name ? {} : { name: name.trim() }),
      ...(description.trim() === (group.description ?? '') ? {} : { description: description.trim() })
    }
    setBusy(true)
    const done = Object.keys(change).length === 0 || (await attempt(setTopic(group.chat, change).then(() => true)))
    setBusy(false)
    if (done === true) onClose()
  }

  return (
    <Dialog
      title={t('group.edit')}
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button kind="main" busy={busy} disabled={missing} data-id="save-topic" onClick={() => void save()}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <div class="stack">
        <TextField
          label={t('group.name')}
          value={name}
          onInput={setName}
          error={missing ? t('group.nameMissing') : undefined}
          maxLength={MAX_GROUP_NAME}
          autoComplete="off"
          focusFirst
          onEnter={() => void save()}
          data-id="topic-name"
        />
        <label class="field">
          <span class="label">{t('group.description')}</span>
          <textarea
            rows={4}
            dir="auto"
            maxLength={MAX_DESCRIPTION}
            data-id="topic-description"
            value={description}
            onInput={(event) => setDescription(event.currentTarget.value)}
          />
        </label>
      </div>
    </Dialog>
  )
}
