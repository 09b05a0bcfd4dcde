/** The last resort, asked for with a typed word: everything on this device is forgotten. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { Notice } from '../kit/Feedback.tsx'
import { TriangleAlert } from '../kit/icons.ts'
import { TextField } from '../kit/TextField.tsx'
import { forgetAll } from '../state/remember.ts'
import { useCommands } from '../state/node.tsx'

const same = (typed: string, word: string): boolean =>
  typed.trim().toLocaleLowerCase().normalize() === word.toLocaleLowerCase().normalize()

export const WipeDialog = ({ onClose }: { readonly onClose: () => void }): VNode => {
  const { wipe } = useCommands()
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState(false)
  const word = t('wipe.word')
  const isMeant = same(typed, word)

  const erase = async (): Promise<void> => {
    if (!isMeant) return
    setBusy(true)
    setFailed(false)
    try {
      await wipe()
      forgetAll()
      // nothing of before stays in the memory of this page
      location.replace('/')
    } catch {
      setFailed(true)
    }
    setBusy(false)
  }

  return (
    <Dialog
      title={t('wipe.title')}
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button kind="danger" busy={busy} disabled={!isMeant} data-id="wipe-confirm" onClick={() => void erase()}>
            {t('wipe.button')}
          </Button>
        </>
      }
    >
      <div class="stack">
        <Notice icon={TriangleAlert} kind="warn">
          {t('wipe.text')}
        </Notice>
        <TextField
          label={t('wipe.type', { word })}
          value={typed}
          onInput={setTyped}
          error={failed ? t('wipe.failed') : undefined}
          autoComplete="off"
          focusFirst
          onEnter={() => void erase()}
          data-id="wipe-word"
        />
      </div>
    </Dialog>
  )
}
