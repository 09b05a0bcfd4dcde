/** ID4: what happened to somebody's keys is said in every chat with them, so that it is never silent. */
import type { ChatId, Did } from '../model/ids.ts'
import { putKeysNotice } from '../store/notices.ts'
import type { KeysNotice } from '../store/rows.ts'
import type { TableName } from '../store/database.ts'
import type { Change } from '../store/watch.ts'
import type { Context } from './context.ts'

export const NOTICING = ['contacts', 'chats', 'messages'] as const satisfies readonly TableName[]

/** The chat of the two of us, and groups that both are in. */
export const chatsWith = (ctx: Context, did: Did): readonly ChatId[] =>
  [...ctx.db.memory.chats.values()]
    .filter(({ id, kind, did: other }) =>
      kind === 'group' ? ctx.rosters.get(id)?.members.has(did) === true : kind === 'direct' && other === did
    )
    .map(({ id }) => id)

/** Inside a write over NOTICING. */
export const noticeKeys = async (ctx: Context, change: Change, who: Did, is: KeysNotice): Promise<void> => {
  const now = ctx.clock.now()
  for (const chat of chatsWith(ctx, who)) {
    await putKeysNotice(ctx.db, change, { chat, who, is, idBytes: ctx.random.bytes(32), now })
  }
}
