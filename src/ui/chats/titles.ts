/** What a chat is called: the other person's name, or our own words for the chat with oneself. */
import type { ChatRow } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { NotebookPen } from '../kit/icons.ts'
import type { IconNode } from '../kit/icons.ts'

export const titleOf = ({ kind, title }: Pick<ChatRow, 'kind' | 'title'>): string =>
  kind === 'self' ? t('chats.noteToSelf') : title

/** What makes the avatar of a chat that is no person another one. */
export const faceOf = ({ kind }: Pick<ChatRow, 'kind'>): { readonly icon?: IconNode; readonly group?: boolean } => {
  if (kind === 'self') return { icon: NotebookPen }
  return kind === 'group' ? { group: true } : {}
}
