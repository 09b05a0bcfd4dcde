/** One row a conversation: what the list shows, the ends of its log, and the outbox's clock. */
import { AppError } from '../base/errors.ts'
import type { ChatId, Did } from '../model/ids.ts'
import type { Db } from './database.ts'
import type { ChatRecord, SessionRow } from './rows.ts'
import type { Change } from './watch.ts'

export const emptyChat = (id: ChatId, did: Did, kind: ChatRecord['kind'], now: number): ChatRecord => ({
  id,
  did,
  kind,
  createdAt: now,
  activeAt: now,
  pinned: false,
  archived: false,
  markedUnread: false,
  mutedUntil: undefined,
  draft: { text: '' },
  total: 0,
  unread: 0,
  last: undefined,
  readOrder: '',
  peerRead: {},
  chains: {},
  heads: [],
  delivered: {},
  debts: {},
  headSent: 0
})

export const getChat = (db: Db, id: ChatId): Promise<ChatRecord | undefined> => db.tables.chats.get(id)

/** As last committed. In a write: as long as it has written nothing. @throws AppError `not-found` */
export const knownChat = (db: Db, id: ChatId): ChatRecord => {
  const chat = db.memory.chats.get(id)
  if (chat === undefined) throw new AppError('not-found', 'no such chat')
  return chat
}

/** @throws AppError `not-found` */
export const needChat = async (db: Db, id: ChatId): Promise<ChatRecord> => {
  const chat = await db.tables.chats.get(id)
  if (chat === undefined) throw new AppError('not-found', 'no such chat')
  return chat
}

export const listChats = (db: Db): Promise<ChatRecord[]> => db.tables.chats.toArray()

/** Inside a write. */
export const putChat = async (db: Db, change: Change, chat: ChatRecord): Promise<void> => {
  await db.tables.chats.put(chat)
  change.chats.add(chat.id)
}

/** Changes one chat in a transaction of its own. `edit` answers undefined when there is nothing to change. */
export const updateChat = (
  db: Db,
  id: ChatId,
  edit: (chat: ChatRecord) => Partial<ChatRecord> | undefined
): Promise<ChatRecord | undefined> =>
  db.write(['chats'], async (change) => {
    const chat = db.memory.chats.get(id)
    const edited = chat && edit(chat)
    if (chat === undefined || edited === undefined) return chat
    const next = { ...chat, ...edited }
    await putChat(db, change, next)
    return next
  })

// ── sessions (LG0) ────────────────────────────────────────────────────────────────────────────────────────────────

export const sessionsOf = async (db: Db, chat: ChatId): Promise<SessionRow[]> =>
  (await db.tables.sessions.toArray()).filter((session) => session.chat === chat)

export const findByTag = (db: Db, tag: string): SessionRow | undefined =>
  [...db.memory.sessions.values()].find((session) => session.tag === tag)

export const knownSessions = (db: Db, chat: ChatId): readonly SessionRow[] =>
  [...db.memory.sessions.values()].filter((session) => session.chat === chat)

/** Inside a write. @throws AppError `untrusted` when the group is another chat's: whoever knows a group may not move it. */
export const putSession = async (db: Db, session: SessionRow): Promise<void> => {
  const before = db.memory.sessions.get(session.group)
  if (before !== undefined && before.chat !== session.chat) throw new AppError('untrusted', 'a session of another chat')
  await db.tables.sessions.put(session)
}

/** LG0: several may be open; written is the one of the highest generation, then of the lowest group. */
export const sessionToWrite = (sessions: readonly SessionRow[]): SessionRow | undefined =>
  sessions.toSorted((a, b) => b.generation - a.generation || (a.group < b.group ? -1 : 1))[0]
