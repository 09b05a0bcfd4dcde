/** ID4: what happened to somebody's keys is said in every chat with them, so that it is never silent. */
import type { ChatId, Did } from '../model/ids.ts'
import { putKeysNotice } from '../store/notices.ts'
import type { KeysNotice } from '../store/rows.ts'
import type { TableName } from '../store/database.ts'
import type { Change } from '../store/watch.ts'
import { inBackground } from './context.ts'
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

/**
 * A member who is no contact asks nobody anew: their new device comes with the group's own handshakes. Contacts are told where
 * their request is written. Answers how to stop.
 */
export const followMembers = (ctx: Context): (() => void) => {
  const known = new Map<Did, ReadonlySet<string>>()
  const devicesOf = (did: Did): ReadonlySet<string> => {
    const contact = ctx.db.memory.contacts.get(did)
    return new Set([...(contact?.devices ?? []), ...(contact?.former ?? [])].map(({ device }) => device))
  }
  for (const did of ctx.db.memory.contacts.keys()) known.set(did, devicesOf(did))
  return ctx.db.changes.listen(({ contacts }) => {
    for (const did of contacts) {
      const [before, now] = [known.get(did), devicesOf(did)]
      known.set(did, now)
      const isMember = ctx.db.memory.contacts.get(did)?.standing === 'member'
      if (!isMember || before === undefined || before.size === 0) continue
      if (![...now].some((device) => !before.has(device))) continue
      inBackground(ctx, 'contacts.notice-failed', () =>
        ctx.db.write(NOTICING, (change) => noticeKeys(ctx, change, did, 'new-device'))
      )
    }
  })
}
