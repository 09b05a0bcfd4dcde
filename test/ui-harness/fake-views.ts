/** How the fake node turns its world into views. */
import type { ChatId, DeviceId, Did } from '../../src/model/ids.ts'
import type {
  ChatList,
  ChatRow,
  ChatView,
  ContactView,
  DebugView,
  SearchFilter,
  SearchHit,
  Timeline,
  TimelineWindow
} from '../../src/model/views.ts'
import { groupViewOf } from './fake-groups.ts'
import { OWN_DID } from './made.ts'
import type { FakeChat, World } from './made.ts'

export const rowOf = (chat: FakeChat): ChatRow => {
  const last = chat.messages.at(-1)
  const { contact, group } = chat
  return {
    chat: chat.id,
    kind: chat.kind,
    did: contact?.did ?? OWN_DID,
    title: group?.name ?? contact?.alias ?? contact?.name ?? 'Mia Lindqvist',
    avatar:
      group === undefined
        ? (contact?.avatar ?? { hue: 200 })
        : { hue: group.hue, ...(group.photo === undefined ? {} : { photo: group.photo }) },
    standing: chat.standing,
    verified: contact?.verified ?? false,
    pinned: chat.pinned,
    archived: chat.archived,
    unread: chat.unread,
    markedUnread: chat.markedUnread,
    activeAt: last?.at ?? Date.now(),
    ...(chat.mentions === undefined || chat.unread === 0 ? {} : { mentions: chat.mentions }),
    ...(chat.mutedUntil === undefined ? {} : { mutedUntil: chat.mutedUntil }),
    ...(chat.draft === '' ? {} : { draft: chat.draft }),
    ...(last === undefined
      ? {}
      : {
          last: {
            text: last.text.slice(0, 200),
            kind:
              last.system !== undefined ? ('system' as const) : last.removed ? ('removed' as const) : ('text' as const),
            ...(last.system === undefined ? {} : { system: last.system }),
            ...(group === undefined || last.system !== undefined ? {} : { author: last.authorName }),
            mine: last.mine,
            at: last.at,
            ...(last.delivery === undefined ? {} : { delivery: last.delivery })
          }
        })
  }
}

export const chatViewOf = (world: World, chat: FakeChat): ChatView => {
  const group = groupViewOf(world, chat)
  const mayWrite = group?.may.write ?? (chat.standing === 'open' || chat.standing === 'asked')
  return {
    row: rowOf(chat),
    path: chat.contact?.path ?? 'none',
    draft: { text: chat.draft },
    mayWrite,
    ...(chat.suite === undefined ? {} : { suite: chat.suite }),
    ...(chat.timerSeconds === undefined ? {} : { timerSeconds: chat.timerSeconds }),
    pinned: (chat.pins ?? []).flatMap((id) => {
      const found = chat.messages.find((one) => one.id === id)
      return found === undefined ? [] : [{ message: id, text: found.text }]
    })
  }
}

/** Whose devices get a message of this chat. */
export const devicesOf = (chat: FakeChat | undefined): readonly { readonly device: DeviceId; readonly who?: Did }[] =>
  chat?.group === undefined
    ? (chat?.contact?.devices ?? []).map((device) => ({ device }))
    : chat.group.members
        .filter(({ did }) => did !== OWN_DID)
        .map(({ did }) => ({ device: `12D3KooW${did.slice(12)}` as DeviceId, who: did }))

export const withGroups = (world: World, contact: ContactView): ContactView => ({
  ...contact,
  groups: world.chats.flatMap(({ id, group, standing }) =>
    group !== undefined && standing === 'open' && group.members.some(({ did }) => did === contact.did)
      ? [{ chat: id, name: group.name }]
      : []
  )
})

export const chatListOf = (world: World): ChatList => {
  const all = world.chats.map(rowOf).toSorted((a, b) => Number(b.pinned) - Number(a.pinned) || b.activeAt - a.activeAt)
  const rows = all.filter(({ archived, standing }) => !archived && standing !== 'request')
  return {
    rows,
    requests: all.filter(({ standing }) => standing === 'request'),
    archived: all.filter(({ archived, standing }) => archived && standing !== 'request'),
    unreadTotal: rows.reduce((sum, { unread, mutedUntil }) => sum + (mutedUntil === undefined ? unread : 0), 0)
  }
}

export const contactsOf = (world: World): ContactView[] =>
  world.chats.flatMap(({ contact }) => (contact === undefined ? [] : [contact]))

export const timelineOf = (
  chat: FakeChat | undefined,
  id: ChatId,
  { around, before, after }: TimelineWindow,
  unreadAtOpen: number
): Timeline => {
  const all = chat?.messages ?? []
  const firstUnread = unreadAtOpen === 0 ? undefined : all.at(-Math.min(unreadAtOpen, all.length))?.id
  const anchor =
    around === 'end'
      ? all.length - 1
      : all.findIndex((message) =>
          typeof around === 'object'
            ? message.at >= around.at
            : message.id === (around === 'unread' ? firstUnread : around)
        )
  const middle = anchor < 0 ? all.length - 1 : anchor
  const start = Math.max(0, middle - before)
  const end = Math.min(all.length, middle + after + 1)
  return {
    chat: id,
    messages: all.slice(start, end),
    atStart: start === 0,
    atEnd: end === all.length,
    offset: start,
    total: all.length,
    unread: chat?.unread ?? 0,
    ...(firstUnread === undefined ? {} : { firstUnread })
  }
}

export const searchIn = (
  world: World,
  query: string,
  { chat: only, author, from: since, to }: SearchFilter = {}
): SearchHit[] => {
  const wanted = query.trim().toLocaleLowerCase()
  if (wanted === '') return []
  const hits = world.chats
    .filter(({ id }) => only === undefined || id === only)
    .flatMap(({ id, messages }) =>
      messages.flatMap((message): SearchHit[] => {
        const at = message.text.toLocaleLowerCase().indexOf(wanted)
        if (at < 0 || (author !== undefined && message.author !== author)) return []
        if (message.at < (since ?? 0) || message.at >= (to ?? Infinity)) return []
        const from = Math.max(0, at - 40)
        const excerpt = message.text.slice(from, from + 120)
        const marks = [[at - from, at - from + wanted.length]] as const
        return [{ message: message.id, chat: id, author: message.authorName, at: message.at, excerpt, marks }]
      })
    )
  return hits.toSorted((a, b) => b.at - a.at).slice(0, 200)
}

export const debugOf = (world: World): DebugView => ({
  build: 'harness',
  worker: 'shared',
  startedAt: world.now - 7_200_000,
  schemaVersion: 1,
  pages: 2,
  addresses: ['/dns4/chat.example.org/tcp/443/wss/p2p/12D3KooWrelay/p2p-circuit'],
  counts: { chats: world.chats.length, messages: 214, outbox: 1, 'frames refused': 0 },
  lines: Array.from({ length: 40 }, (_, index) => ({
    at: world.now - index * 1700,
    level: index % 9 === 0 ? 'warn' : index % 4 === 0 ? 'info' : 'debug',
    event: index % 9 === 0 ? 'relay.unreachable' : index % 4 === 0 ? 'outbox.delivered' : 'p2p.dial',
    fields: { ms: index * 3, path: 'direct', attempt: 1 }
  }))
})
