/** What can be done with a chat from the list, as menu items. Everything here can be undone; blocking asks once. */
import type { ChatRow } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { confirm } from '../kit/dialogs.ts'
import {
  Archive,
  ArchiveRestore,
  Ban,
  Bell,
  BellOff,
  CircleDot,
  MailOpen,
  Pin,
  PinOff,
  User,
  Users
} from '../kit/icons.ts'
import type { MenuItem } from '../kit/menus.ts'
import { showToast } from '../kit/toasts.ts'
import { navigate } from '../router.ts'
import { attempt } from '../state/attempt.ts'
import type { Commands } from '../state/node.tsx'
import { rightNow } from '../state/now.ts'
import { isMuted, isUnread } from './chat-list.ts'
import { titleOf } from './titles.ts'

const HOUR = 3_600_000

export const muteItems = (row: ChatRow, commands: Commands): readonly MenuItem[] => {
  const until = (mutedUntil: number | 'always'): void => void attempt(commands.setChat(row.chat, { mutedUntil }))
  return [
    { label: t('chats.muteHour'), id: 'mute-hour', onSelect: () => until(rightNow() + HOUR) },
    { label: t('chats.muteHours'), id: 'mute-hours', onSelect: () => until(rightNow() + 8 * HOUR) },
    { label: t('chats.muteWeek'), id: 'mute-week', onSelect: () => until(rightNow() + 168 * HOUR) },
    { label: t('chats.muteAlways'), id: 'mute-always', onSelect: () => until('always') }
  ]
}

/** Asks, then blocks; also used on the contact page. */
export const blockContact = async (row: Pick<ChatRow, 'did' | 'title' | 'kind'>, commands: Commands): Promise<void> => {
  const name = titleOf(row)
  const agreed = await confirm({
    title: t('chats.blockTitle', { name }),
    text: t('chats.blockText', { name }),
    yes: t('chats.block'),
    danger: true,
    id: 'confirm-block'
  })
  if (!agreed) return
  const done = await attempt(async () => {
    await commands.setContact(row.did, { blocked: true })
    return true
  })
  if (done !== true) return
  showToast({
    text: t('chats.blockedToast', { name }),
    action: { label: t('common.undo'), run: () => void attempt(commands.setContact(row.did, { blocked: false })) }
  })
}

const archive = async (row: ChatRow, commands: Commands): Promise<void> => {
  await attempt(commands.setChat(row.chat, { archived: true }))
  showToast({
    text: t('chats.archivedToast', { name: titleOf(row) }),
    action: { label: t('common.undo'), run: () => void attempt(commands.setChat(row.chat, { archived: false })) }
  })
}

export const chatMenu = (row: ChatRow, commands: Commands): readonly (MenuItem | 'line')[] => {
  const set = (change: Parameters<Commands['setChat']>[1]) => () => void attempt(commands.setChat(row.chat, change))
  const muted = isMuted(row, rightNow())
  const items: (MenuItem | 'line')[] = [
    row.pinned
      ? { label: t('chats.unpin'), icon: PinOff, id: 'unpin', onSelect: set({ pinned: false }) }
      : { label: t('chats.pin'), icon: Pin, id: 'pin', onSelect: set({ pinned: true }) }
  ]
  if (row.kind !== 'self')
    items.push(
      muted
        ? { label: t('chats.unmute'), icon: Bell, id: 'unmute', onSelect: set({ mutedUntil: null }) }
        : { label: t('chats.mute'), icon: BellOff, id: 'mute', items: muteItems(row, commands) }
    )
  items.push(
    isUnread(row)
      ? {
          label: t('chats.markRead'),
          icon: MailOpen,
          id: 'mark-read',
          onSelect: () => void attempt(() => markAllRead(row, commands))
        }
      : { label: t('chats.markUnread'), icon: CircleDot, id: 'mark-unread', onSelect: set({ markedUnread: true }) },
    row.archived
      ? { label: t('chats.unarchive'), icon: ArchiveRestore, id: 'unarchive', onSelect: set({ archived: false }) }
      : { label: t('chats.archive'), icon: Archive, id: 'archive', onSelect: () => void archive(row, commands) }
  )
  if (row.kind === 'self') return items
  if (row.kind === 'group') {
    items.push('line', {
      label: t('chats.groupInfo'),
      icon: Users,
      id: 'open-group',
      onSelect: () => navigate({ name: 'group', chat: row.chat })
    })
    return items
  }
  items.push('line', {
    label: t('chats.openContact'),
    icon: User,
    id: 'open-contact',
    onSelect: () => navigate({ name: 'contact', did: row.did })
  })
  items.push(
    row.standing === 'blocked'
      ? {
          label: t('chats.unblock'),
          icon: Ban,
          id: 'menu-unblock',
          onSelect: () => void attempt(commands.setContact(row.did, { blocked: false }))
        }
      : {
          label: t('chats.block'),
          icon: Ban,
          danger: true,
          id: 'menu-block',
          onSelect: () => void blockContact(row, commands)
        }
  )
  return items
}

/** The newest message is asked for, because the row does not carry its id. */
const markAllRead = async (row: ChatRow, commands: Commands): Promise<void> => {
  if (row.markedUnread) await commands.setChat(row.chat, { markedUnread: false })
  if (row.unread > 0) await commands.readAll(row.chat)
}
