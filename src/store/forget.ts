/** Erasing a whole conversation: every row that holds something of it, in one write. */
import type { ChatId } from '../model/ids.ts'
import type { Db } from './database.ts'
import type { Change } from './watch.ts'

/** `also` runs first, inside the same write; throwing there changes nothing. */
export const deleteChat = (db: Db, chat: ChatId, also: (change: Change) => Promise<void>): Promise<void> =>
  db.write(['contacts', 'chats', 'sessions', 'events', 'messages', 'outbox', 'parcels', 'aside'], async (change) => {
    await also(change)
    const { tables } = db
    await tables.events.where('[chat+target]').between([chat, ''], [chat, '\uffff']).delete()
    await tables.messages.where('[chat+order]').between([chat, ''], [chat, '\uffff']).delete()
    await tables.outbox.where('[chat+counter]').between([chat, 0], [chat, Infinity]).delete()
    await tables.aside.where('[chat+arrivedAt]').between([chat, 0], [chat, Infinity]).delete()
    await tables.sessions.where('chat').equals(chat).delete()
    await tables.parcels.delete(chat)
    await tables.chats.delete(chat)
    change.chats.add(chat)
    change.outbox.add(chat)
  })
