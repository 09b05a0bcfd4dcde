/** Search by scanning: a hundred thousand messages take about as long as a blink, and no second index holds the texts. */
import type { ChatId } from '../model/ids.ts'
import { findWords, wordsOf } from '../model/search.ts'
import type { SearchHit } from '../model/views.ts'
import { compareText } from '../model/text.ts'
import type { MessageRow } from '../store/rows.ts'
import { scanMessages } from '../store/timeline.ts'
import type { Context } from './context.ts'
import { createNames } from './names.ts'

const MAX_HITS = 200
const MAX_QUERY_CHARS = 200

export const search = async (ctx: Context, query: string, chat?: ChatId): Promise<readonly SearchHit[]> => {
  const words = wordsOf(query.slice(0, MAX_QUERY_CHARS))
  if (words.length === 0) return []
  const hits: { readonly row: MessageRow; readonly match: NonNullable<ReturnType<typeof findWords>> }[] = []
  await scanMessages(ctx.db, chat, (row) => {
    const match = row.removed ? undefined : findWords(row.text, words)
    if (match !== undefined) hits.push({ row, match })
  })
  const names = createNames(ctx)
  return hits
    .toSorted((a, b) => compareText(b.row.order, a.row.order))
    .slice(0, MAX_HITS)
    .map(({ row, match }) => ({
      message: row.id,
      chat: row.chat,
      author: names.of(row.author),
      at: Math.min(row.time, row.arrivedAt),
      ...match
    }))
}
