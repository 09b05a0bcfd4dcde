/** Every message once, the newest first as far as pages allow: always a page of the chat whose rest is the newest. */
import type { ChatId } from '../../model/ids.ts'
import type { Db } from '../../store/database.ts'
import type { MessageRow } from '../../store/rows.ts'
import { messagesBefore } from '../../store/timeline.ts'

/** Some milliseconds of work between two turns of everything else. */
const PAGE = 500
const LAST = '\uffff'

/** `visit` answers whether it wants more. */
export const scanNewestFirst = async (
  db: Db,
  only: ChatId | undefined,
  visit: (rows: readonly MessageRow[]) => boolean | Promise<boolean>
): Promise<void> => {
  /** Order key of the newest that may be left, and of what was read last. */
  const rest = new Map<ChatId, { readonly newest: string; readonly before: string }>()
  for (const [id, { last }] of db.memory.chats)
    if (only === undefined || id === only) rest.set(id, { newest: last?.order ?? '', before: LAST })
  while (rest.size > 0) {
    const [chat, { before }] = [...rest].reduce((best, other) => (other[1].newest > best[1].newest ? other : best))
    const rows = await messagesBefore(db, chat, before, PAGE)
    const [oldest] = rows
    if (rows.length < PAGE || oldest === undefined) rest.delete(chat)
    else rest.set(chat, { newest: oldest.order, before: oldest.order })
    if (!(await visit(rows))) return
  }
}
