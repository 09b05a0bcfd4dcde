/** A name for somebody that only this person sees. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { ContactView } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { TextField } from '../kit/TextField.tsx'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'

const MAX_NAME = 60

interface AliasDialogProps {
  readonly contact: ContactView
  readonly onClose: () => void
}

export const AliasDialog = ({ contact, onClose }: AliasDialogProps): VNode => {
  const { setContact } = useCommands()
  const [alias, setAlias] = useState(contact.alias ?? '')
  const save = async (): Promise<void> => {
    const text = alias.trim()
    await attempt(setContact(contact.did, { alias: text === '' || text === contact.name ? null : text }))
    onClose()
  }
  return (
    <Dialog
      title={t('contact.rename')}
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button kind="main" data-id="save-alias" onClick={() => void save()}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <TextField
        label={t('contact.aliasLabel')}
        value={alias}
        onInput={setAlias}
        placeholder={contact.name}
        hint={t('contact.aliasHint', { name: contact.name })}
        maxLength={MAX_NAME}
        autoComplete="off"
        focusFirst
        onEnter={() => void save()}
        data-id="alias-input"
      />
    </Dialog>
  )
}
