/** The chat list and one chat as feeds. The list keeps its rows and looks again only at chats that changed. */
import type { Path } from '../../model/delivery.ts'
import type { ChatId, Did } from '../../model/ids.ts'
import type { ChatList, ChatView } from '../../model/views.ts'
import { getAccount } from '../../store/account.ts'
import { getChat, getChats, listChats } from '../../store/chats.ts'
import { getContact, getContacts, listContacts } from '../../store/contacts.ts'
import type { ChatRecord, ContactRow } from '../../store/rows.ts'
import { watch } from '../../store/watch.ts'
import type { Context } from '../context.ts'
import { mayWrite } from '../send.ts'
import type { OwnFace } from './chat-rows.ts'
import { toChatList, toChatRow } from './chat-rows.ts'

const ownFace = async (ctx: Context): Promise<OwnFace> => {
  const account = await getAccount(ctx.db)
  return {
    name: account?.name ?? '',
    photo: account?.photo,
    device: ctx.device.id,
    readReceipts: ctx.settings.readReceipts
  }
}

export const watchChats = (ctx: Context): AsyncIterable<ChatList> => {
  const chats = new Map<ChatId, ChatRecord>()
  const contacts = new Map<Did, ContactRow>()

  const lookAgain = async (ids: readonly ChatId[], dids: readonly Did[]): Promise<void> => {
    for (const id of ids) chats.delete(id)
    const [changedChats, changedContacts] = await Promise.all([getChats(ctx.db, ids), getContacts(ctx.db, dids)])
    for (const chat of changedChats) chats.set(chat.id, chat)
    for (const contact of changedContacts) contacts.set(contact.did, contact)
  }

  return watch(ctx.db.changes, {
    concerns: (change) => change.chats.size > 0 || change.contacts.size > 0 || change.topics.size > 0,
    read: async (since) => {
      if (since === undefined) {
        const [allChats, allContacts] = await Promise.all([listChats(ctx.db), listContacts(ctx.db)])
        for (const chat of allChats) chats.set(chat.id, chat)
        for (const contact of allContacts) contacts.set(contact.did, contact)
      } else {
        const ids = new Set(since.flatMap((change) => [...change.chats]))
        const dids = new Set(since.flatMap((change) => [...change.contacts]))
        await lookAgain([...ids], [...dids])
      }
      const own = await ownFace(ctx)
      return toChatList([...chats.values()].map((chat) => toChatRow(chat, contacts.get(chat.did), own)))
    }
  })
}

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
      const chat = await getChat(ctx.db, id)
      if (chat === undefined) return undefined
      did = chat.did
      const contact = await getContact(ctx.db, chat.did)
      return {
        row: toChatRow(chat, contact, await ownFace(ctx)),
        path: pathTo(ctx, contact),
        draft: chat.draft,
        mayWrite: mayWrite(chat, contact)
      }
    }
  })
}
