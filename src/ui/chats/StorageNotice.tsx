/** Says once, after the first real conversation, that this browser may erase the chats, with what solves it. */
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import { Button, IconButton } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { TriangleAlert, X } from '../kit/icons.ts'
import { showToast } from '../kit/toasts.ts'
import { useChats } from '../state/node.tsx'
import { recall, remember } from '../state/remember.ts'
import { askToPersist, canInstall, install, isNoticeUp, isPersisted } from '../state/storage.ts'

const SEEN = 'storage-notice'

export const StorageNotice = (): VNode | null => {
  const chats = useChats()
  const [seen, setSeen] = useState(() => recall(SEEN) === 'seen')
  const talked = chats?.rows.some(
    ({ kind, last, standing }) => kind === 'direct' && last !== undefined && standing === 'open'
  )
  const isUp = !seen && isPersisted.value === false && talked === true
  useEffect(() => {
    isNoticeUp.value = isUp
  }, [isUp])
  if (!isUp) return null

  const close = (): void => {
    remember(SEEN, 'seen')
    setSeen(true)
  }
  const keep = async (): Promise<void> => {
    const agreed = await askToPersist()
    showToast({ text: agreed ? t('storage.kept') : t('storage.notKept') })
    close()
  }
  return (
    <section class="storage-notice" aria-label={t('storage.notPersistent')} data-id="storage-notice">
      <div class="storage-words">
        <Icon icon={TriangleAlert} size={18} />
        <p>{t('storage.notPersistent')}</p>
        <IconButton icon={X} size={16} label={t('common.close')} onClick={close} />
      </div>
      <div class="cluster">
        <Button onClick={() => void keep()}>{t('storage.keep')}</Button>
        {canInstall() && <Button onClick={() => void install().then(close)}>{t('storage.install')}</Button>}
      </div>
    </section>
  )
}
