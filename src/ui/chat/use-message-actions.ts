/** What can be done with a message, and the menu that offers it. The object stays the same, so that rows are not redrawn. */
import { useMemo, useRef } from 'preact/hooks'
import type { ChatView, MessageView } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Copy, FileKey, Info, Pencil, Pin, PinOff, Reply, RotateCw, SmilePlus, Trash2 } from '../kit/icons.ts'
import { openMenu } from '../kit/menus.ts'
import type { MenuItem } from '../kit/menus.ts'
import { showToast } from '../kit/toasts.ts'
import { navigate } from '../router.ts'
import { canCopyAsOpenPgp, copyAsOpenPgp } from '../security/openpgp.ts'
import { attempt } from '../state/attempt.ts'
import { copyText } from '../state/clipboard.ts'
import { useCommands } from '../state/node.tsx'
import type { Commands } from '../state/node.tsx'
import type { MessageActions } from './message-props.ts'
import { isPendingId } from './pending.ts'
import type { Room } from './people.ts'
import { quoteOf } from './session.ts'
import type { ChatSession } from './session.ts'

/** Those that people use most; the picker has the rest. */
const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const

export const useMessageActions = (session: ChatSession, view: ChatView, room: Room): MessageActions => {
  const commands = useCommands()
  const newest = useRef<Rights>({ mayWrite: false, mayPin: false, row: view.row })
  newest.current = { mayWrite: view.mayWrite, mayPin: room.mayPin, row: view.row }
  return useMemo(() => createActions(session, commands, () => newest.current), [session, commands])
}

/** What may be done here now. */
interface Rights {
  readonly mayWrite: boolean
  readonly mayPin: boolean
  readonly row: ChatView['row']
}

const copy = async (message: MessageView): Promise<void> => {
  // only what is selected, when something is
  const selected = window.getSelection()?.toString() ?? ''
  if (await copyText(selected === '' ? message.text : selected)) showToast({ text: t('common.copied') })
}

const createActions = (session: ChatSession, commands: Commands, rights: () => Rights): MessageActions => {
  const { chat } = session
  const mayWrite = (): boolean => rights().mayWrite

  const itemsFor = (message: MessageView, opener: HTMLElement): readonly (MenuItem | 'line')[] => {
    const plain = !message.removed && !message.needsNewer
    const items: (MenuItem | 'line')[] = []
    if (message.delivery === 'failed')
      items.push({ label: t('chat.retry'), icon: RotateCw, id: 'action-retry', onSelect: () => actions.retry(message) })
    if (plain && mayWrite())
      items.push(
        { label: t('chat.reply'), icon: Reply, id: 'action-reply', onSelect: () => actions.reply(message) },
        {
          label: t('chat.reactMore'),
          icon: SmilePlus,
          id: 'action-react',
          onSelect: () => actions.pickReaction(message, opener)
        }
      )
    if (plain && message.mine && mayWrite())
      items.push({
        label: t('chat.edit'),
        icon: Pencil,
        id: 'action-edit',
        onSelect: () => startEdit(session, message)
      })
    if (plain)
      items.push({ label: t('common.copy'), icon: Copy, id: 'action-copy', onSelect: () => void copy(message) })
    const { row, mayPin } = rights()
    if (plain && canCopyAsOpenPgp(row))
      items.push({
        label: t('pgp.copy'),
        icon: FileKey,
        id: 'action-openpgp',
        onSelect: () => void copyAsOpenPgp(row, message.text, commands)
      })
    if (plain && mayPin) items.push(pinItem(message))
    if (message.mine)
      items.push({ label: t('chat.info'), icon: Info, id: 'action-info', onSelect: () => actions.info(message) })
    items.push('line', {
      label: t('common.delete'),
      icon: Trash2,
      danger: true,
      id: 'action-remove',
      onSelect: () => {
        session.asked.value = { about: 'remove', message }
      }
    })
    return items
  }

  const pinItem = ({ id, pinned = false }: MessageView): MenuItem => ({
    label: pinned ? t('pins.unpin') : t('pins.pin'),
    icon: pinned ? PinOff : Pin,
    id: pinned ? 'action-unpin' : 'action-pin',
    onSelect: () => void attempt(commands.pinMessage(chat, id, !pinned))
  })

  const actions: MessageActions = {
    reply: (message) => {
      session.mode.value = { kind: 'reply', quote: quoteOf(message) }
      session.focusComposer()
    },
    react: (message, emoji) => {
      if (mayWrite()) void attempt(commands.react(chat, message.id, emoji))
    },
    pickReaction: (message, opener) => {
      session.asked.value = { about: 'reaction', message, opener }
    },
    openMenu: (message, opener, at) => {
      if (isPendingId(message.id) || message.system !== undefined) return
      const mine = message.reactions.find((reaction) => reaction.mine)?.emoji
      const reactable = mayWrite() && !message.removed && !message.needsNewer
      openMenu({
        label: t('chat.messageMenu'),
        opener,
        items: itemsFor(message, opener),
        ...(at === undefined ? {} : { at }),
        ...(reactable
          ? {
              quick: QUICK.map((emoji) => ({
                label: t('chat.reactWith', { emoji }),
                text: emoji,
                id: 'action-react',
                pressed: mine === emoji,
                onSelect: () => actions.react(message, mine === emoji ? null : emoji)
              }))
            }
          : {})
      })
    },
    jump: (id) => {
      session.target.value = { kind: 'message', id, flash: true }
    },
    retry: (message) => void attempt(commands.retry(chat, message.id)),
    info: (message) => {
      if (!isPendingId(message.id)) navigate({ name: 'chat', chat, info: message.id })
    },
    history: (message) => {
      session.asked.value = { about: 'history', message }
    }
  }
  return actions
}

export const startEdit = (session: ChatSession, message: MessageView): void => {
  session.mode.value = { kind: 'edit', message: message.id, text: message.text }
  session.focusComposer()
}
