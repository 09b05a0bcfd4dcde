/** The menu of a conversation: contact, search, mute, archive, block. */
import type { ChatView } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Archive, ArchiveRestore, Ban, Bell, BellOff, Pin, PinOff, Search, User } from '../kit/icons.ts'
import { confirm } from '../kit/dialogs.ts'
import { openMenu } from '../kit/menus.ts'
import type { MenuItem } from '../kit/menus.ts'
import { navigate } from '../router.ts'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'
import type { Commands } from '../state/node.tsx'
import { rightNow } from '../state/now.ts'
import type { ChatSession } from './session.ts'

const HOUR_MS = 3_600_000

export const useChatMenu = (session: ChatSession, view: ChatView): ((opener: HTMLElement) => void) => {
  const commands = useCommands()
  return (opener) => openMenu({ label: t('common.more'), opener, items: itemsOf(session, view, commands) })
}

const itemsOf = (session: ChatSession, view: ChatView, commands: Commands): readonly (MenuItem | 'line')[] => {
  const { row } = view
  const { chat, did } = row
  const set = (change: Parameters<Commands['setChat']>[1]): void => void attempt(commands.setChat(chat, change))
  const direct = row.kind === 'direct'
  const isMuted = row.mutedUntil === 'always' || (row.mutedUntil !== undefined && row.mutedUntil > rightNow())
  const mutes = [
    { label: t('chat.mute1h'), until: rightNow() + HOUR_MS },
    { label: t('chat.mute8h'), until: rightNow() + 8 * HOUR_MS },
    { label: t('chat.mute1w'), until: rightNow() + 168 * HOUR_MS },
    { label: t('chat.muteAlways'), until: 'always' as const }
  ]
  const items: (MenuItem | 'line')[] = []
  if (direct)
    items.push({
      label: t('chat.contact'),
      icon: User,
      id: 'menu-contact',
      onSelect: () => navigate({ name: 'contact', did })
    })
  items.push({
    label: t('chat.search'),
    icon: Search,
    id: 'menu-search',
    onSelect: () => {
      session.searching.value = true
    }
  })
  if (direct)
    items.push(
      isMuted
        ? { label: t('chat.unmute'), icon: Bell, id: 'menu-unmute', onSelect: () => set({ mutedUntil: null }) }
        : {
            label: t('chat.mute'),
            icon: BellOff,
            id: 'menu-mute',
            items: mutes.map(({ label, until }) => ({ label, onSelect: () => set({ mutedUntil: until }) }))
          }
    )
  items.push(
    row.pinned
      ? { label: t('chat.unpin'), icon: PinOff, id: 'menu-unpin', onSelect: () => set({ pinned: false }) }
      : { label: t('chat.pin'), icon: Pin, id: 'menu-pin', onSelect: () => set({ pinned: true }) },
    row.archived
      ? {
          label: t('chat.unarchive'),
          icon: ArchiveRestore,
          id: 'menu-unarchive',
          onSelect: () => set({ archived: false })
        }
      : { label: t('chat.archive'), icon: Archive, id: 'menu-archive', onSelect: () => set({ archived: true }) }
  )
  if (direct && row.standing !== 'blocked')
    items.push('line', {
      label: t('chat.block'),
      icon: Ban,
      danger: true,
      id: 'block',
      onSelect: () => void block(view, commands)
    })
  return items
}

const block = async (view: ChatView, commands: Commands): Promise<void> => {
  const agreed = await confirm({
    title: t('chat.blockTitle', { name: view.row.title }),
    text: t('chat.blockText'),
    yes: t('chat.block'),
    danger: true,
    id: 'block-confirm'
  })
  if (agreed) await attempt(commands.setContact(view.row.did, { blocked: true }))
}
