/** What a chat is called: the other person's name, or our own words for the chat with oneself. */
import type { ChatRow } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { NotebookPen } from '../kit/icons.ts'
import type { IconNode } from '../kit/icons.ts'

export const titleOf = ({ kind, title }: Pick<ChatRow, 'kind' | 'title'>): string => {
  if (kind === 'self') return t('chats.noteToSelf')
  // a group's name comes with its door: who still waits does not know it
  return kind === 'group' && title === '' ? t('chats.group') : title
}

/** What makes the avatar of a chat that is no person another one. */
export const faceOf = ({ kind }: Pick<ChatRow, 'kind'>): { readonly icon?: IconNode; readonly group?: boolean } => {
  if (kind === 'self') return { icon: NotebookPen }
  return kind === 'group' ? { group: true } : {}
}
