/** Whether the chats stay, in honest words, and how much room they take. */
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { formatBytes } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Notice } from '../kit/Feedback.tsx'
import { HardDrive, Info, MonitorSmartphone, ShieldCheck, TriangleAlert } from '../kit/icons.ts'
import { Row, Section } from '../kit/List.tsx'
import { showToast } from '../kit/toasts.ts'
import { askToPersist, canInstall, install, isPersisted, refreshStorage, storageUsage } from '../state/storage.ts'

const isInstalled = (): boolean => matchMedia('(display-mode: standalone)').matches

const keep = async (): Promise<void> => {
  showToast({ text: (await askToPersist()) ? t('storage.kept') : t('storage.notKept') })
}

const Persistence = (): VNode => {
  const kept = isPersisted.value
  if (kept === undefined) return <Notice icon={Info}>{t('storage.unknown')}</Notice>
  if (kept)
    return (
      <Row
        icon={ShieldCheck}
        title={t('storage.persistent')}
        detail={t('storage.persistentText')}
        data-id="persistent"
      />
    )
  return (
    <div class="block">
      <Notice icon={TriangleAlert} kind="warn">
        <b>{t('storage.temporary')}</b>
        <p>{t('storage.temporaryText')}</p>
        <div class="cluster notice-actions">
          <Button kind="main" data-id="persist" onClick={() => void keep()}>
            {t('storage.keep')}
          </Button>
          {canInstall() && <Button onClick={() => void install()}>{t('storage.install')}</Button>}
        </div>
      </Notice>
    </div>
  )
}

export const StoragePage = (): VNode => {
  useEffect(() => void refreshStorage(), [])
  const usage = storageUsage.value
  return (
    <Section title={t('storage.title')} note={t('storage.onlyHere')}>
      <Persistence />
      {usage !== undefined && (
        <Row
          icon={HardDrive}
          title={t('storage.used')}
          detail={t('storage.usedOf', { used: formatBytes(usage.used), quota: formatBytes(usage.quota) })}
          end={<progress class="meter" max={usage.quota} value={usage.used} aria-label={t('storage.used')} />}
        />
      )}
      {isInstalled() && <Row icon={MonitorSmartphone} title={t('storage.installed')} />}
    </Section>
  )
}
