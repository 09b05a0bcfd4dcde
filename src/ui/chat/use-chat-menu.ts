/** The menu of a conversation: search and note, then all that the list offers for it too. */
import type { ChatView } from '../../model/views.ts'
import { chatMenu } from '../chats/chat-menu.ts'
import { t } from '../i18n/i18n.ts'
import { FileKey, NotebookPen, Search } from '../kit/icons.ts'
import { openMenu } from '../kit/menus.ts'
import { navigate } from '../router.ts'
import { copyAsOpenPgp, canCopyAsOpenPgp } from '../security/openpgp.ts'
import { openTextDialog } from '../security/openpgp-state.ts'
import { useCommands } from '../state/node.tsx'
import type { ChatSession } from './session.ts'

export const useChatMenu = (session: ChatSession, view: ChatView): ((opener: HTMLElement) => void) => {
  const commands = useCommands()
  return (opener) =>
    openMenu({
      label: t('common.more'),
      opener,
      items: [
        {
          label: t('chat.search'),
          icon: Search,
          id: 'menu-search',
          onSelect: () => {
            session.searching.value = true
          }
        },
        {
          label: view.row.kind === 'self' ? t('note.openSelf') : t('note.open'),
          icon: NotebookPen,
          id: 'menu-note',
          onSelect: () => navigate({ name: 'note', chat: view.row.chat })
        },
        ...(canCopyAsOpenPgp(view.row) && view.draft.text.trim() !== ''
          ? [
              {
                label: t('pgp.copyDraft'),
                icon: FileKey,
                id: 'menu-copy-openpgp',
                onSelect: () => void copyAsOpenPgp(view.row, view.draft.text, commands)
              }
            ]
          : []),
        { label: t('pgp.open'), icon: FileKey, id: 'menu-open-openpgp', onSelect: openTextDialog },
        'line',
        ...chatMenu(view.row, commands)
      ]
    })
}
