/** The chat list and one chat as feeds. Both are read from memory alone. */
import type { Path } from '../../model/delivery.ts'
import type { ChatId, Did } from '../../model/ids.ts'
import type { ChatList, ChatView } from '../../model/views.ts'
import { knownAccount } from '../../store/account.ts'
import type { ContactRow } from '../../store/rows.ts'
import { watch } from '../../store/watch.ts'
import type { Context } from '../context.ts'
import { mayWrite } from '../send.ts'
import type { OwnFace } from './chat-rows.ts'
import { toChatList, toChatRow } from './chat-rows.ts'

const ownFace = (ctx: Context): OwnFace => {
  const account = knownAccount(ctx.db)
  return {
    name: account?.name ?? '',
    photo: account?.photo,
    device: ctx.device.id,
    readReceipts: ctx.settings.readReceipts
  }
}

export const watchChats = (ctx: Context): AsyncIterable<ChatList> =>
  watch(ctx.db.changes, {
    concerns: (change) => change.chats.size > 0 || change.contacts.size > 0 || change.topics.size > 0,
    read: async () => {
      const { chats, contacts } = ctx.db.memory
      const own = ownFace(ctx)
      return toChatList([...chats.values()].map((chat) => toChatRow(chat, contacts.get(chat.did), own)))
    }
  })

/** The best path to any device of a contact. */
export const pathTo = (ctx: Context, contact: ContactRow | undefined): Path => {
  const { devices } = ctx.net.reachability()
  const paths = contact?.devices.map(({ device }) => devices.get(device)?.path ?? 'none') ?? []
  return paths.includes('direct') ? 'direct' : paths.includes('relayed') ? 'relayed' : 'none'
}

export const onReachability =
  (ctx: Context) =>
  (listener: () => void): (() => void) =>
    ctx.net.onReachability(() => listener())

export const watchChat = (ctx: Context, id: ChatId): AsyncIterable<ChatView | undefined> => {
  let did: Did | undefined
  return watch<ChatView | undefined>(ctx.db.changes, {
    concerns: ({ chats, contacts, topics }) =>
      chats.has(id) || (did !== undefined && contacts.has(did)) || topics.has('account'),
    also: [onReachability(ctx)],
    read: async () => {
      const chat = ctx.db.memory.chats.get(id)
      if (chat === undefined) return undefined
      did = chat.did
      const contact = ctx.db.memory.contacts.get(chat.did)
      return {
        row: toChatRow(chat, contact, ownFace(ctx)),
        path: pathTo(ctx, contact),
        draft: chat.draft,
        mayWrite: mayWrite(chat, contact)
      }
    }
  })
}
