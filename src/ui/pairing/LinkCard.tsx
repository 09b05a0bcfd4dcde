/** A link to hand out: the QR code, the link itself, copy and share. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Spinner } from '../kit/Feedback.tsx'
import { Check, Copy, RotateCw, Share2 } from '../kit/icons.ts'
import { QrCode } from '../kit/QrCode.tsx'
import { copyText } from '../state/clipboard.ts'
import { errorText } from '../state/attempt.ts'
import type { OwnLink } from './own-link.ts'

const COPIED_MS = 2500

const canShare = (): boolean => typeof navigator.share === 'function'

const share = async (link: string): Promise<void> => {
  try {
    await navigator.share({ text: t('link.shareText'), url: link })
  } catch (error) {
    // closing the share sheet is not a failure
    if ((error as Error).name !== 'AbortError') await copyText(link)
  }
}

export const LinkCard = ({ own }: { readonly own: OwnLink }): VNode => {
  const [copied, setCopied] = useState(false)
  const link = own.invite?.link
  const copy = async (text: string): Promise<void> => {
    setCopied(await copyText(text))
    setTimeout(() => setCopied(false), COPIED_MS)
  }
  return (
    <div class="link-card">
      <div class="link-qr">
        {link !== undefined ? (
          <QrCode text={link} label={t('link.qr')} />
        ) : own.failed === undefined ? (
          <Spinner label={t('link.making')} />
        ) : (
          <div class="link-failed">
            <p>{t('link.failed')}</p>
            <p>{errorText(own.failed)}</p>
            <Button icon={RotateCw} onClick={own.retry}>
              {t('common.retry')}
            </Button>
          </div>
        )}
      </div>
      {link !== undefined && (
        <>
          <div class="link-text">
            <p class="mono" dir="ltr" data-id="invite-link">
              {link}
            </p>
          </div>
          <div class="link-actions">
            <Button
              kind={canShare() ? 'soft' : 'main'}
              icon={copied ? Check : Copy}
              data-id="copy-link"
              onClick={() => void copy(link)}
            >
              {copied ? t('link.copied') : t('link.copy')}
            </Button>
            {canShare() && (
              <Button kind="main" icon={Share2} data-id="share-link" onClick={() => void share(link)}>
                {t('link.share')}
              </Button>
            )}
          </div>
          <span class="sr-only" role="status">
            {copied ? t('link.copied') : ''}
          </span>
        </>
      )}
    </div>
  )
}
