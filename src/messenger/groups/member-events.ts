/** Writing `member` events (RO1): by the roster as it is when the write begins, naming the newest ones that we know. */
import { base64urlToBytes } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import type { ChatId } from '../../model/ids.ts'
import type { Deed, MemberChange, Roster } from '../../model/roster.ts'
import { knownChat } from '../../store/chats.ts'
import type { TableName } from '../../store/database.ts'
import type { ChatRecord } from '../../store/rows.ts'
import type { Change } from '../../store/watch.ts'
import { MAX_AFTER } from '../../wire/group.ts'
import { appendBody, isAllowed, WRITING } from '../append.ts'
import type { Context } from '../context.ts'
import { fromMemberChange } from './bodies.ts'
import { rememberLaw } from './law.ts'

export type Told = Exclude<MemberChange, { kind: 'found' }>

export interface Group {
  readonly chat: ChatRecord
  readonly roster: Roster
}

/** @throws AppError `not-found` */
export const needGroup = (ctx: Context, id: ChatId): Group => {
  const chat = knownChat(ctx.db, id)
  const roster = ctx.rosters.get(id)
  if (chat.kind !== 'group' || roster === undefined) throw new AppError('not-found', 'no such group')
  return { chat, roster }
}

/** @throws AppError `not-found` or `untrusted` */
export const needRight = (ctx: Context, id: ChatId, deed: Deed | 'be'): Group => {
  const group = needGroup(ctx, id)
  if (!isAllowed(ctx, group.chat, deed)) {
    throw new AppError('untrusted', 'the roster gives no right to it')
  }
  return group
}

/**
 * `say` answers undefined when there is nothing to be said. `also` is in the same write.
 * @throws AppError `not-found` or `untrusted`
 */
export const tell = async (
  ctx: Context,
  id: ChatId,
  deed: Deed | 'be',
  say: (group: Group) => Told | undefined,
  {
    tables = [],
    also = async () => {}
  }: { readonly tables?: readonly TableName[]; readonly also?: (change: Change, group: Group) => Promise<void> } = {}
): Promise<boolean> => {
  const applied = await ctx.db.write([...new Set([...WRITING, ...tables])], async (change) => {
    const group = needRight(ctx, id, deed)
    const told = say(group)
    if (told === undefined) return undefined
    const after = group.roster.heads.slice(0, MAX_AFTER).map(base64urlToBytes)
    const appended = await appendBody(ctx, change, group.chat, { kind: 'member', after, ...fromMemberChange(told) })
    await also(change, group)
    return appended.applied
  })
  rememberLaw(ctx, id, applied?.law)
  ctx.wake(id)
  return applied !== undefined
}
