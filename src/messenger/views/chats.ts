/** The chat list and one chat as feeds. Both are read from memory alone. */
import type { SuiteView } from '../../model/group-views.ts'
import type { ChatId, Did, MessageId } from '../../model/ids.ts'
import { compareText, shorten } from '../../model/text.ts'
import type { ChatList, ChatView } from '../../model/views.ts'
import type { ChatRecord, ContactRow } from '../../store/rows.ts'
import { getMessages } from '../../store/timeline.ts'
import { watch } from '../../store/watch.ts'
import type { Context } from '../context.ts'
import { mayWrite } from '../append.ts'
import { createNames } from '../names.ts'
import { accountsOf, peopleOf } from '../peers.ts'
import { sessionFor, suiteViewOf } from '../sessions/carrier.ts'
import { toChatList, toChatRow } from './chat-rows.ts'
import { bestPath, onReachability, ownFace } from './faces.ts'

export const watchChats = (ctx: Context): AsyncIterable<ChatList> =>
  watch(ctx.db.changes, {
    concerns: (change) => change.chats.size > 0 || change.contacts.size > 0 || change.topics.size > 0,
    read: async () => {
      const { chats, contacts } = ctx.db.memory
      const own = ownFace(ctx)
      const names = createNames(ctx)
      return toChatList([...chats.values()].map((chat) => toChatRow(chat, contactOfChat(chat, contacts), own, names)))
    }
  })

const contactOfChat = (chat: ChatRecord, contacts: ReadonlyMap<Did, ContactRow>): ContactRow | undefined =>
  chat.kind === 'direct' ? contacts.get(chat.did) : undefined

export const watchChat = (ctx: Context, id: ChatId): AsyncIterable<ChatView | undefined> =>
  watch<ChatView | undefined>(ctx.db.changes, {
    concerns: ({ chats, contacts, topics }) => {
      if (chats.has(id) || topics.has('account')) return true
      const chat = ctx.db.memory.chats.get(id)
      return contacts.size > 0 && chat !== undefined && accountsOf(ctx, chat).some((did) => contacts.has(did))
    },
    also: [onReachability(ctx)],
    read: async () => {
      const chat = ctx.db.memory.chats.get(id)
      if (chat === undefined) return undefined
      const contact = contactOfChat(chat, ctx.db.memory.contacts)
      const pinned = await pinnedIn(ctx, chat)
      const suite = await suiteOf(ctx, chat)
      const seconds = chat.timer?.value ?? 0
      return {
        row: toChatRow(chat, contact, ownFace(ctx), createNames(ctx)),
        path: bestPath(ctx, peopleOf(ctx, chat)),
        draft: chat.draft,
        mayWrite: mayWrite(ctx, chat),
        ...(suite && { suite }),
        ...(seconds > 0 && { timerSeconds: seconds }),
        ...(pinned.length > 0 && { pinned })
      }
    }
  })

const suiteOf = async (ctx: Context, chat: ChatRecord): Promise<SuiteView | undefined> => {
  const session = ctx.own && sessionFor(ctx, ctx.own, chat)
  return ctx.own === undefined || session === undefined ? undefined : await suiteViewOf(ctx, ctx.own, session)
}

const MAX_PINNED_CHARS = 200

/** In the order in which they were pinned; what is gone or not here is left out. */
const pinnedIn = async (ctx: Context, { pins = {} }: ChatRecord): Promise<NonNullable<ChatView['pinned']>> => {
  const now = Object.entries(pins)
    .filter(([, { value }]) => value)
    .toSorted(([, a], [, b]) => compareText(a.order, b.order))
    .map(([message]) => message as MessageId)
  if (now.length === 0) return []
  const rows = new Map((await getMessages(ctx.db, now)).map((row) => [row.id, row]))
  return now.flatMap((message) => {
    const row = rows.get(message)
    return row === undefined || row.removed ? [] : [{ message, text: shorten(row.text, MAX_PINNED_CHARS) }]
  })
}
