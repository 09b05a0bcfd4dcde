/**
 * LG5, LG7: a body may be missing because a removal or a timer took it, or because whoever handed the event over kept it
 * back. In the second case it is taken from somebody else; in the first it never comes back.
 */
import type { ChatId } from '../model/ids.ts'
import type { Db } from './database.ts'
import { isFloor } from './rows.ts'
import type { EventRow } from './rows.ts'
import { eventsAbout, getEvents } from './timeline.ts'

/** Those of these ids whose body is missing although nothing that is known here took it away. */
export const findWithheld = async (db: Db, chat: ChatId, ids: readonly string[]): Promise<readonly EventRow[]> => {
  const bare = (await getEvents(db, ids)).filter(
    (row) =>
      row.chat === chat && row.body === undefined && !isFloor(row) && row.hidden !== true && row.void === undefined
  )
  const withheld: EventRow[] = []
  for (const row of bare) {
    const about = await eventsAbout(db, chat, row.target)
    const isOver = about.some(
      ({ id, kind, hidden, void: isVoid }) =>
        (kind === 'removal' && isVoid === undefined) || (id === row.target && hidden === true)
    )
    if (!isOver) withheld.push(row)
  }
  return withheld
}
