/** Draws the question of `confirm()`. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { question } from './dialogs.ts'

export const ConfirmHost = (): VNode | null => {
  const asked = question.value
  if (asked === undefined) return null
  const { title, text, yes, danger = false, id = 'confirm', answer } = asked
  return (
    <Dialog
      title={title}
      onClose={() => answer(false)}
      actions={
        <>
          <Button kind="plain" data-id="confirm-no" onClick={() => answer(false)}>
            {t('common.cancel')}
          </Button>
          <Button kind={danger ? 'danger' : 'main'} data-id={id} onClick={() => answer(true)}>
            {yes}
          </Button>
        </>
      }
    >
      <p>{text}</p>
    </Dialog>
  )
}
