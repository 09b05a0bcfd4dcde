/** What others learn: that one has read, and one's internet address. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import { CheckCheck, Network } from '../kit/icons.ts'
import { Section, SwitchRow } from '../kit/List.tsx'
import { Skeleton } from '../kit/Feedback.tsx'
import { attempt } from '../state/attempt.ts'
import { useCommands, useSettings } from '../state/node.tsx'

export const PrivacyPage = (): VNode => {
  const settings = useSettings()
  const { setSettings } = useCommands()
  if (settings === undefined) return <Skeleton rows={2} />
  return (
    <Section>
      <SwitchRow
        icon={CheckCheck}
        title={t('privacy.receipts')}
        detail={t('privacy.receiptsText')}
        checked={settings.readReceipts}
        onChange={(readReceipts) => void attempt(setSettings({ readReceipts }))}
        data-id="read-receipts"
      />
      <SwitchRow
        icon={Network}
        title={t('privacy.relayOnly')}
        detail={t('privacy.relayOnlyText')}
        checked={settings.relayOnly}
        onChange={(relayOnly) => void attempt(setSettings({ relayOnly }))}
        data-id="relay-only"
      />
    </Section>
  )
}
