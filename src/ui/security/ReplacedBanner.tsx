/** DV5: this device was replaced. It says what that means, and gives out what was never sent from here. */
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ChatId } from '../../model/ids.ts'
import { titleOf } from '../chats/titles.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import { Button, IconButton } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { Skeleton } from '../kit/Feedback.tsx'
import { Icon } from '../kit/Icon.tsx'
import { Copy, MonitorSmartphone } from '../kit/icons.ts'
import { copyAndTell } from '../state/clipboard.ts'
import { useAppState, useChats } from '../state/node.tsx'
import { readUnsent } from '../state/unsent.ts'
import { WipeDialog } from './WipeDialog.tsx'
import './security.css'

interface Unsent {
  readonly chat: ChatId
  readonly name: string
  readonly texts: readonly string[]
}

const useUnsent = (): readonly Unsent[] | undefined => {
  const { node } = useAppState()
  const list = useChats()
  const [found, setFound] = useState<readonly Unsent[]>()
  useEffect(() => {
    if (list === undefined) return
    let gone = false
    const read = async (): Promise<void> => {
      const all: Unsent[] = []
      for (const row of [...list.rows, ...list.archived]) {
        const texts = [...(await readUnsent(node, row.chat)), ...(row.draft === undefined ? [] : [row.draft])]
        if (texts.length > 0) all.push({ chat: row.chat, name: titleOf(row), texts })
      }
      if (!gone) setFound(all)
    }
    // a chat that cannot be read now has nothing to show; opening the page again tries again
    read().catch(() => !gone && setFound([]))
    return () => {
      gone = true
    }
  }, [list === undefined])
  return found
}

const Meaning = ({ onClose }: { readonly onClose: () => void }): VNode => {
  const unsent = useUnsent()
  const [wiping, setWiping] = useState(false)
  return (
    <Dialog
      title={t('replaced.title')}
      onClose={onClose}
      actions={
        <Button kind="danger" data-id="replaced-wipe" onClick={() => setWiping(true)}>
          {t('replaced.wipe')}
        </Button>
      }
    >
      <div class="facts">
        <p>{t('replaced.text')}</p>
        <p>{t('replaced.how')}</p>
        <p>{t('replaced.stranger')}</p>
        <h3>{t('replaced.unsent')}</h3>
        {unsent === undefined && <Skeleton rows={1} />}
        {unsent?.length === 0 && <p class="muted">{t('replaced.unsentNone')}</p>}
        <ul class="unsent" data-id="unsent">
          {unsent?.map(({ chat, name, texts }) => (
            <li key={chat}>
              <span class="unsent-who">
                <b>{t('replaced.unsentTo', { name })}</b>
                <IconButton
                  icon={Copy}
                  size={16}
                  label={`${t('common.copy')}: ${name}`}
                  onClick={() => void copyAndTell(texts.join('\n\n'))}
                />
              </span>
              {texts.map((text, index) => (
                <blockquote key={index} dir="auto">
                  {text}
                </blockquote>
              ))}
            </li>
          ))}
        </ul>
      </div>
      {wiping && <WipeDialog onClose={() => setWiping(false)} />}
    </Dialog>
  )
}

export const ReplacedBanner = (): VNode => {
  const [isOpen, setOpen] = useState(false)
  return (
    <div class="replaced" role="status" data-id="replaced">
      <Icon icon={MonitorSmartphone} size={18} />
      <p>
        <b>{t('replaced.title')}</b>
        {t('replaced.text')}
      </p>
      <Button kind="plain" data-id="replaced-more" onClick={() => setOpen(true)}>
        {t('replaced.more')}
      </Button>
      {isOpen && <Meaning onClose={() => setOpen(false)} />}
    </div>
  )
}
