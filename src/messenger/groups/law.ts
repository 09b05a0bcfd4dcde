/** RO1: the roster of every group at hand, and everybody told when it changed. */
import type { GroupLaw } from '../../model/group-law.ts'
import type { ChatId } from '../../model/ids.ts'
import { loadLaw } from '../../store/judging.ts'
import type { ChatRecord } from '../../store/rows.ts'
import type { Context } from '../context.ts'

export const lawFor = (ctx: Context, chat: ChatRecord): GroupLaw | undefined =>
  chat.kind === 'group' ? ctx.laws.get(chat.id) : undefined

/** After the write that changed it. */
export const rememberLaw = (ctx: Context, chat: ChatId, law: GroupLaw | undefined): void => {
  const before = ctx.laws.get(chat)
  if (law === undefined || law === before) return
  ctx.laws.set(chat, law)
  ctx.rosters.set(chat, law.roster)
  ctx.reconcile(chat)
  ctx.moved(chat)
  ctx.wake(chat)
}

/** At the start, before anything is sent or taken. */
export const loadLaws = async (ctx: Context): Promise<void> => {
  for (const { id, kind } of ctx.db.memory.chats.values()) {
    if (kind !== 'group') continue
    const law = await loadLaw(ctx.db, id)
    ctx.laws.set(id, law)
    ctx.rosters.set(id, law.roster)
  }
}
