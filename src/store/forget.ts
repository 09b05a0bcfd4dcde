/** Erasing a whole conversation: every row that holds something of it, in one write. */
import type { ChatId } from '../model/ids.ts'
import type { Db } from './database.ts'
import type { Change } from './watch.ts'

/** `also` runs first, inside the same write; throwing there changes nothing. */
export const deleteChat = (db: Db, chat: ChatId, also: (change: Change) => Promise<void>): Promise<void> =>
  db.write(['contacts', 'chats', 'sessions', 'events', 'messages', 'outbox', 'parcels', 'aside'], async (change) => {
    await also(change)
    const { tables } = db
    await tables.events.clearChat(chat)
    await tables.messages.clearChat(chat)
    for (const name of ['outbox', 'aside', 'sessions'] as const) {
      const rows = (await tables[name].toArray()).filter((row) => row.chat === chat)
      await tables[name].bulkDelete(rows.map((row) => ('group' in row ? row.group : row.id)))
    }
    await tables.parcels.delete(chat)
    await tables.chats.delete(chat)
    change.chats.add(chat)
    change.outbox.add(chat)
  })
