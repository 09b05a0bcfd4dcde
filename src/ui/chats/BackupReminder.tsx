/** After the first real conversation: these chats are only here, and a backup would bring them back. "Later" is two weeks. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import { Button } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { HardDrive } from '../kit/icons.ts'
import { navigate } from '../router.ts'
import { remindLater, wantsReminder } from '../state/backup-memory.ts'
import { useAccount, useChats } from '../state/node.tsx'
import { now, rightNow } from '../state/now.ts'
import { isNoticeUp } from '../state/storage.ts'

export const BackupReminder = (): VNode | null => {
  const account = useAccount()
  const chats = useChats()
  // somebody has written to us, or read what we wrote: there is something to lose
  const talked = chats?.rows.some(
    ({ kind, last, standing }) =>
      kind !== 'self' && standing === 'open' && last?.kind === 'text' && (!last.mine || last.delivery === 'read')
  )
  const isReplaced = account?.state === 'ready' && account.replaced === true
  if (talked !== true || isReplaced || isNoticeUp.value || !wantsReminder(now.value)) return null
  return (
    <section class="storage-notice" aria-label={t('backup.remindTitle')} data-id="backup-reminder">
      <div class="storage-words">
        <Icon icon={HardDrive} size={18} />
        <p>
          {t('backup.remindTitle')}. {t('backup.remindText')}
        </p>
      </div>
      <div class="cluster">
        <Button data-id="backup-remind" onClick={() => navigate({ name: 'settings', page: 'backup' })}>
          {t('backup.remindMake')}
        </Button>
        <Button kind="plain" data-id="backup-later" onClick={() => remindLater(rightNow())}>
          {t('backup.remindLater')}
        </Button>
      </div>
    </section>
  )
}
