/** Erasing a whole conversation: every row that holds something of it, in one write. */
import type { ChatId } from '../model/ids.ts'
import type { Db } from './database.ts'
import type { Change } from './watch.ts'

const BY_CHAT = ['outbox', 'aside', 'mail', 'waiting', 'passes'] as const

/** `also` runs first, inside the same write; throwing there changes nothing. */
export const deleteChat = (db: Db, chat: ChatId, also: (change: Change) => Promise<void>): Promise<void> =>
  db.write(['contacts', 'chats', 'sessions', 'events', 'messages', 'notes', 'parts', ...BY_CHAT], async (change) => {
    await also(change)
    const { tables } = db
    await tables.events.clearChat(chat)
    await tables.messages.clearChat(chat)
    for (const name of BY_CHAT) {
      const rows = (await tables[name].toArray()).filter((row) => row.chat === chat)
      await tables[name].bulkDelete(rows.map(({ id }) => id))
    }
    const groups = (await tables.sessions.toArray()).filter((row) => row.chat === chat).map(({ group }) => group)
    await tables.sessions.bulkDelete(groups)
    await tables.parts.bulkDelete(tables.parts.keys().filter(([group]) => groups.includes(group)))
    await tables.notes.delete(chat)
    await tables.chats.delete(chat)
    change.chats.add(chat)
    change.outbox.add(chat)
  })
