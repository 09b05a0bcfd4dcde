/** What the list shows for which filter, and what a row says. Pure. */
import type { ChatList, ChatRow } from '../../model/views.ts'

export type Filter = 'all' | 'unread' | 'groups' | 'archived'

export const isMuted = ({ mutedUntil }: ChatRow, now: number): boolean =>
  mutedUntil === 'always' || (mutedUntil !== undefined && mutedUntil > now)

export const isUnread = ({ unread, markedUnread }: ChatRow): boolean => unread > 0 || markedUnread

/** The open chat stays in the list of unread ones while it is being read. */
export const rowsFor = (list: ChatList, filter: Filter, open?: string): readonly ChatRow[] => {
  if (filter === 'archived') return list.archived
  if (filter === 'unread') return list.rows.filter((row) => isUnread(row) || row.chat === open)
  if (filter === 'groups') return list.rows.filter(({ kind }) => kind === 'group')
  return list.rows
}

/** Nobody to write to yet: at most the chat with oneself. */
export const isLonely = ({ rows, requests, archived }: ChatList): boolean =>
  rows.every(({ kind }) => kind === 'self') && requests.length === 0 && archived.length === 0

/** The chat `step` places below (or above) the open one, going round. */
export const neighbour = (rows: readonly ChatRow[], open: string | undefined, step: 1 | -1): ChatRow | undefined => {
  if (rows.length === 0) return undefined
  const at = rows.findIndex(({ chat }) => chat === open)
  if (at < 0) return step === 1 ? rows[0] : rows.at(-1)
  return rows[(at + step + rows.length) % rows.length]
}
