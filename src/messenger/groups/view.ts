/** A group as a feed: who is in it, who may what, its links, and who asks to come in. */
import type { GroupMemberView, GroupView } from '../../model/group-views.ts'
import type { ChatId, Did } from '../../model/ids.ts'
import { mayDo } from '../../model/roster.ts'
import type { Roster } from '../../model/roster.ts'
import { knownAccount } from '../../store/account.ts'
import type { ChatRecord } from '../../store/rows.ts'
import { watch } from '../../store/watch.ts'
import type { Context } from '../context.ts'
import { avatarOf, createNames } from '../names.ts'
import type { Names } from '../names.ts'
import { devicesIn, sessionFor, warmSession } from '../sessions/carrier.ts'
import { topicOf } from '../views/chat-rows.ts'
import { askingIn, linksOf } from './passes.ts'

export const watchGroup = (ctx: Context, id: ChatId): AsyncIterable<GroupView | undefined> =>
  watch<GroupView | undefined>(ctx.db.changes, {
    concerns: ({ chats, contacts, topics }) => chats.has(id) || contacts.size > 0 || topics.has('account'),
    read: async () => {
      const chat = ctx.db.memory.chats.get(id)
      const roster = ctx.rosters.get(id)
      if (chat?.kind !== 'group' || ctx.own === undefined) return undefined
      const names = createNames(ctx)
      const { title, avatar, description } = topicOf(chat, names)
      if (roster === undefined) return undefined
      const role = chat.standing === undefined ? roster.members.get(ctx.own.did)?.role : undefined
      return {
        chat: id,
        name: title,
        ...(description !== undefined && { description }),
        avatar,
        members: await membersOf(ctx, chat, roster, names),
        ...(role && { role }),
        may: rightsIn(ctx.own.did, chat, roster),
        policies: roster.policies,
        links: role === 'admin' ? linksOf(ctx, id, roster) : [],
        asking: role === 'admin' ? toAsking(ctx, id, names) : []
      }
    }
  })

const rightsIn = (own: Did, { standing }: ChatRecord, roster: Roster): GroupView['may'] => {
  const may = (deed: Parameters<typeof mayDo>[2]): boolean => standing === undefined && mayDo(roster, own, deed)
  return {
    write: may('write'),
    add: may('add'),
    rename: may('rename'),
    pin: may('pin'),
    manage: may('govern'),
    leave: may('leave')
  }
}

const membersOf = async (
  ctx: Context,
  chat: ChatRecord,
  roster: Roster,
  names: Names
): Promise<readonly GroupMemberView[]> => {
  const { own } = ctx
  if (own === undefined) return []
  await warmSession(ctx, own, chat)
  const session = sessionFor(ctx, own, chat)
  const inside = new Set<string>(session === undefined ? [] : devicesIn(ctx, own, session))
  return [...roster.members.values()]
    .map(({ account, role }): GroupMemberView => {
      const mine = account === own.did
      const contact = ctx.db.memory.contacts.get(account)
      const isIn = mine || contact?.devices.some(({ device }) => inside.has(device)) === true
      return {
        did: account,
        name: names.of(account),
        mine,
        avatar: avatarOf(account, mine ? knownAccount(ctx.db)?.photo : contact?.photo),
        role,
        verified: contact?.verified ?? false,
        isContact: contact?.standing === 'open' || contact?.standing === 'asked',
        state: isIn ? 'in' : 'joining'
      }
    })
    .toSorted(
      (a, b) =>
        Number(b.role === 'admin') - Number(a.role === 'admin') ||
        a.name.localeCompare(b.name) ||
        (a.did < b.did ? -1 : 1)
    )
}

const toAsking = (ctx: Context, id: ChatId, names: Names): GroupView['asking'] =>
  askingIn(ctx, id).map(({ did, askedAt }) => ({
    did,
    name: names.of(did),
    mine: false,
    avatar: avatarOf(did, ctx.db.memory.contacts.get(did)?.photo),
    askedAt
  }))
