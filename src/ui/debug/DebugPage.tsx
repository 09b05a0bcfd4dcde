/** What the node is doing, for people who look for a fault, and a report that can be shown to strangers. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { DebugView } from '../../model/views.ts'
import { formatFull, formatNumber } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-pages.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { Skeleton } from '../kit/Feedback.tsx'
import { Copy } from '../kit/icons.ts'
import { Row, Section, SelectRow } from '../kit/List.tsx'
import { ScreenBar } from '../kit/ScreenBar.tsx'
import { ScreenBody } from '../kit/ScreenBody.tsx'
import { attempt } from '../state/attempt.ts'
import { copyAndTell } from '../state/clipboard.ts'
import { useCommands, useDebug } from '../state/node.tsx'
import '../settings/settings.css'

type Level = 'all' | 'warnings'

const ReportDialog = ({ text, onClose }: { readonly text: string; readonly onClose: () => void }): VNode => (
  <Dialog
    title={t('debug.reportTitle')}
    onClose={onClose}
    actions={
      <Button
        kind="main"
        icon={Copy}
        data-id="copy-report"
        onClick={() => {
          void copyAndTell(text)
          onClose()
        }}
      >
        {t('debug.copyReport')}
      </Button>
    }
  >
    <p class="muted small">{t('debug.reportText')}</p>
    {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key */}
    <pre class="report" dir="ltr" tabIndex={0} data-id="report">
      {text}
    </pre>
  </Dialog>
)

const Log = ({ lines }: { readonly lines: DebugView['lines'] }): VNode => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
  <div class="debug-log" dir="ltr" tabIndex={0} role="log" aria-live="off" aria-label={t('debug.log')}>
    {lines.length === 0 && <p>{t('debug.none')}</p>}
    {lines.map((line, index) => (
      <p key={`${line.at} ${index}`} class={line.level}>
        <time>{new Date(line.at).toISOString().slice(11, 23)}</time> {line.level} <b>{line.event}</b>{' '}
        <span class="fields">
          {Object.entries(line.fields)
            .map(([name, value]) => `${name}=${String(value)}`)
            .join(' ')}
        </span>
      </p>
    ))}
  </div>
)

const Facts = ({ debug }: { readonly debug: DebugView }): VNode => (
  <Section>
    <Row title={t('debug.build')} end={<span class="mono">{debug.build.slice(0, 12)}</span>} />
    <Row title={t('debug.worker')} end={debug.worker === 'shared' ? t('debug.shared') : t('debug.dedicated')} />
    <Row title={t('debug.started')} end={formatFull(debug.startedAt)} />
    <Row title={t('debug.schema')} end={formatNumber(debug.schemaVersion)} />
    <Row title={t('debug.pages')} end={formatNumber(debug.pages)} />
  </Section>
)

export const DebugPage = (): VNode => {
  const debug = useDebug()
  const { makeReport } = useCommands()
  const [report, setReport] = useState<string>()
  const [level, setLevel] = useState<Level>('all')
  const make = async (): Promise<void> => setReport(await attempt(makeReport()))
  const lines = (debug?.lines ?? []).filter(
    (line) => level === 'all' || line.level === 'warn' || line.level === 'error'
  )

  return (
    <div class="screen" data-screen="debug">
      <ScreenBar title={t('debug.title')} back="phone">
        <Button data-id="make-report" onClick={() => void make()}>
          {t('debug.report')}
        </Button>
      </ScreenBar>
      <ScreenBody>
        {debug === undefined ? (
          <Skeleton rows={6} />
        ) : (
          <>
            <Facts debug={debug} />
            <Section title={t('debug.counts')}>
              {Object.entries(debug.counts).map(([name, count]) => (
                <Row key={name} title={<span dir="ltr">{name}</span>} end={formatNumber(count)} />
              ))}
            </Section>
            <Section title={t('debug.addresses')}>
              {debug.addresses.map((address) => (
                <p key={address} class="block machine mono" dir="ltr">
                  {address}
                </p>
              ))}
              {debug.addresses.length === 0 && <p class="block muted">{t('debug.none')}</p>}
            </Section>
            <Section title={t('debug.log')}>
              <SelectRow
                title={t('debug.level')}
                value={level}
                options={[
                  { value: 'all', label: t('debug.all') },
                  { value: 'warnings', label: t('debug.warnings') }
                ]}
                onChange={setLevel}
              />
              <Log lines={lines} />
            </Section>
          </>
        )}
      </ScreenBody>
      {report !== undefined && <ReportDialog text={report} onClose={() => setReport(undefined)} />}
    </div>
  )
}
