/** For people whose chats live in another app or browser: take the link there instead of starting a second identity. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { Copy } from '../kit/icons.ts'
import { showToast } from '../kit/toasts.ts'
import { copyText } from '../state/clipboard.ts'

interface ElsewhereProps {
  readonly link: string | undefined
  readonly onClose: () => void
}

const copyLink = async (link: string): Promise<void> => {
  if (await copyText(link)) showToast({ text: t('link.copied') })
}

export const Elsewhere = ({ link, onClose }: ElsewhereProps): VNode => (
  <Dialog
    title={t('welcome.elsewhereTitle')}
    onClose={onClose}
    actions={
      link !== undefined && (
        <Button
          kind="main"
          icon={Copy}
          data-id="copy-invitation"
          onClick={() => {
            void copyLink(link)
            onClose()
          }}
        >
          {t('invite.copyLink')}
        </Button>
      )
    }
  >
    <p>{link === undefined ? t('welcome.elsewhereNoLink') : t('welcome.elsewhereText')}</p>
  </Dialog>
)
