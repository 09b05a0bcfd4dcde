/** ID7: the number two people compare, as digits and as a code to scan, and the mark that says they did. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { ContactView } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Notice } from '../kit/Feedback.tsx'
import { QrCode as QrIcon, ScanLine, ShieldCheck, TriangleAlert } from '../kit/icons.ts'
import { Section } from '../kit/List.tsx'
import { QrCode } from '../kit/QrCode.tsx'
import { showToast } from '../kit/toasts.ts'
import { lazyScreen } from '../lazy.tsx'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'

const ScanDialog = lazyScreen<{ readonly onFound: (text: string) => boolean; readonly onClose: () => void }>(
  async () => (await import('../pairing/ScanDialog.tsx')).ScanDialog
)

interface SafetyNumberProps {
  readonly contact: ContactView
  readonly name: string
}

export const SafetyNumber = ({ contact, name }: SafetyNumberProps): VNode => {
  const { checkSafetyCode, setContact } = useCommands()
  const [showing, setShowing] = useState(false)
  const [scanning, setScanning] = useState(false)
  const [mismatch, setMismatch] = useState(false)
  const { safetyNumber, safetyCode, verified, did } = contact

  const check = async (code: string): Promise<void> => {
    const outcome = await attempt(checkSafetyCode(did, code))
    setMismatch(outcome === 'mismatch')
    if (outcome === 'match') showToast({ text: t('contact.match', { name }) })
    if (outcome === 'malformed') showToast({ text: t('contact.notSafetyCode'), kind: 'bad' })
  }
  const onFound = (code: string): boolean => {
    setScanning(false)
    void check(code)
    return true
  }

  return (
    <Section
      title={t('contact.safety')}
      note={verified ? t('contact.safetyVerified', { name }) : t('contact.safetyText', { name })}
    >
      <div class="block safety" data-id="safety">
        {safetyNumber === undefined ? (
          <p class="muted">{t('contact.safetyMissing', { name })}</p>
        ) : (
          <>
            <p class="safety-number mono" dir="ltr" data-id="safety-number">
              {safetyNumber.split(' ').map((group, index) => (
                <span key={index}>{index === 0 ? group : ` ${group}`}</span>
              ))}
            </p>
            {mismatch && (
              <Notice icon={TriangleAlert} kind="bad">
                {t('contact.mismatch')}
              </Notice>
            )}
            {showing && safetyCode !== undefined && (
              <div class="safety-qr">
                <QrCode text={safetyCode} label={t('contact.qrLabel', { name })} />
              </div>
            )}
            <div class="safety-actions">
              {safetyCode !== undefined && (
                <Button icon={QrIcon} data-id="show-safety-code" onClick={() => setShowing(!showing)}>
                  {showing ? t('contact.hideQr') : t('contact.showQr')}
                </Button>
              )}
              <Button icon={ScanLine} data-id="scan-safety-code" onClick={() => setScanning(true)}>
                {t('contact.scan')}
              </Button>
              <Button
                kind={verified ? 'plain' : 'soft'}
                icon={ShieldCheck}
                data-id="verify"
                aria-pressed={verified}
                onClick={() => void attempt(setContact(did, { verified: !verified }))}
              >
                {verified ? t('contact.unmarkVerified') : t('contact.markVerified')}
              </Button>
            </div>
          </>
        )}
      </div>
      {scanning && <ScanDialog onFound={onFound} onClose={() => setScanning(false)} />}
    </Section>
  )
}
