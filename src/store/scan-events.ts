/** Every event of a chat once, each after what it stands on, a page at a time: for whoever writes all of it elsewhere. */
import type { Db } from './database.ts'
import type { ChatRecord, EventRow } from './rows.ts'
import { eventsAfter } from './timeline.ts'

const PAGE = 200

/** As of `chat`: what comes while this runs is left out, or an event could be here and what it stands on not. */
export async function* scanEvents(db: Db, chat: ChatRecord): AsyncGenerator<readonly EventRow[], void> {
  let order = ''
  for (;;) {
    const rows = await eventsAfter(db, chat.id, order, PAGE)
    if (rows.length > 0) yield rows.filter(({ device, counter }) => counter <= (chat.chains[device]?.counter ?? 0))
    if (rows.length < PAGE) return
    order = rows.at(-1)?.order ?? ''
  }
}
