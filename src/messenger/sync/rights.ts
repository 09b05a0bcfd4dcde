/**
 * Who may have what of a conversation. Between two people: both, everything. In a group: its members; of what is older than
 * their joining only with the policy *all* more than a header. A header says that there was something, and keeps the log
 * in one piece where somebody wrote while they were being added.
 */
import type { ChatId, Did } from '../../model/ids.ts'
import type { ChatRecord, EventRow } from '../../store/rows.ts'
import { getEvents } from '../../store/timeline.ts'
import type { Context } from '../context.ts'
import { noticeOutsider } from '../groups/outsiders.ts'
import { rosterOf } from '../peers.ts'

export interface Rights {
  readonly chat: ChatRecord
  readonly share: (row: EventRow) => 'whole' | 'header'
}

/** LG6: above a cut there is no text for anybody, and yet others may stand on it. */
const shareAll: Rights['share'] = (row) => (row.void === 'cut' ? 'header' : 'whole')

/** Nothing: no such conversation here, or none of theirs. */
export const rightsIn = async (ctx: Context, id: ChatId, asker: Did): Promise<Rights | undefined> => {
  const chat = ctx.db.memory.chats.get(id)
  if (chat === undefined || chat.kind === 'self') return undefined
  if (chat.kind === 'direct') return chat.did === asker ? { chat, share: () => 'whole' } : undefined
  const roster = rosterOf(ctx, id)
  const member = roster?.members.get(asker)
  if (roster !== undefined && member === undefined) noticeOutsider(ctx, id, asker)
  if (roster === undefined || member === undefined || ctx.own === undefined) return undefined
  // who is out is no member to anybody, and answers nobody
  if (!roster.members.has(ctx.own.did)) return undefined
  if (roster.policies.history === 'all' || member.joined === roster.root) return { chat, share: shareAll }
  const [joined] = await getEvents(ctx.db, [member.joined])
  if (joined === undefined) return undefined
  return { chat, share: (row) => (row.kind === 'member' || row.order >= joined.order ? shareAll(row) : 'header') }
}
