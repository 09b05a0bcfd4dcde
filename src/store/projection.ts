/** What a chat's log looks like: messages folded from all that was said about them (LG3, LG5), and the chat's own figures. */
import { foldMessage } from '../model/fold.ts'
import type { Told } from '../model/fold.ts'
import type { ChatId, MessageId } from '../model/ids.ts'
import { shorten } from '../model/text.ts'
import { foldChat } from './chat-state.ts'
import type { Db } from './database.ts'
import { isUntold, lineOf } from './lines.ts'
import type { LineContext } from './lines.ts'
import { isFloor } from './rows.ts'
import type { ChatRecord, EventRow, LastLine, MessageRow, SystemFact } from './rows.ts'
import { eventsAbout, newestMessages } from './timeline.ts'
import type { Change } from './watch.ts'

const toTold = ({ id, author, time, order, content }: EventRow): Told => ({ id, author, time, order, content })

interface Projecting extends LineContext {
  readonly fresh: readonly EventRow[]
}

/** Folds every message that the batch made or touched, and brings the chat's own figures along. */
export const project = async (
  db: Db,
  change: Change,
  { chat, fresh, own, law }: Projecting
): Promise<{ readonly chat: ChatRecord; readonly written: readonly MessageRow[] }> => {
  const context = { chat, own, law }
  const freshIds = new Set(fresh.map(({ id }) => id))
  const touched = new Set(
    fresh.filter(({ id, target }) => target !== id && isMessageId(target)).map(({ target }) => target)
  )
  // a newcomer may hear of a message before it comes, or have its place alone
  if (chat.floors !== undefined) for (const { id, kind } of fresh) if (kind === 'message') touched.add(id)
  const written: MessageRow[] = []
  let shown = 0
  for (const row of fresh) {
    const line = touched.has(row.id) ? undefined : lineOf(row, context)
    if (line === undefined) continue
    shown++
    written.push(toLine(row, line, [], context))
  }
  for (const target of touched) {
    const { row, wasShown } = await refold(db, context, target)
    if (row === undefined) continue
    if (!wasShown) shown++
    written.push(row)
  }
  change.messages.push(...written)

  const arrived = written.filter(({ id }) => freshIds.has(id))
  const fromOthers = arrived.filter(({ mine }) => !mine)
  const unread = fromOthers.filter((row) => row.order > chat.readOrder)
  const mentions = unread.filter((row) => row.mentions?.includes(own) === true).length
  const next: ChatRecord = {
    ...foldChat(chat, fresh, own),
    total: chat.total + shown,
    unread: chat.unread + unread.length,
    ...(mentions > 0 && { mentions: (chat.mentions ?? 0) + mentions }),
    last: written.reduce(laterLine, chat.last),
    activeAt: arrived.reduce((latest, { arrivedAt }) => Math.max(latest, arrivedAt), chat.activeAt),
    archived: chat.archived && fromOthers.length === 0
  }
  return { chat: next, written }
}

/** Ids of events have 43 characters, names of kinds are short. */
const isMessageId = (target: string): boolean => target.length > 24

/** Reads a message and everything about it again, and deletes what a removal asks for (LG5). */
const refold = async (
  db: Db,
  context: LineContext,
  target: string
): Promise<{ readonly row: MessageRow | undefined; readonly wasShown: boolean }> => {
  const rows = await eventsAbout(db, context.chat.id, target)
  const message = rows.find(({ id }) => id === target)
  const before = await db.tables.messages.get(target)
  const wasShown = before !== undefined
  if (message === undefined || message.hidden === true || message.void !== undefined || isFloor(message))
    return { row: undefined, wasShown }
  const folded = toLine(message, 'message', rows, context, before)
  const isTaken = rows.some(({ kind, void: isVoid }) => kind === 'removal' && isVoid === undefined)
  if (isUntold(message, context.chat) && !isTaken) return { row: undefined, wasShown }
  if (folded.removed) {
    // LG5: body and salt go, the header stays
    const erased = rows.filter(({ kind, body }) => kind !== 'removal' && body !== undefined)
    await db.tables.events.bulkPut(
      erased.map((row) => ({ ...row, body: undefined, salt: undefined, content: undefined }))
    )
  }
  return { row: folded, wasShown }
}

const toLine = (
  row: EventRow,
  line: 'message' | SystemFact,
  all: readonly EventRow[],
  { own, law }: LineContext,
  before?: MessageRow
): MessageRow => {
  const { id, chat, order, author, device, counter, time, arrivedAt } = row
  const about = all.filter((other) => other.id !== id && other.void === undefined && !isFloor(other))
  const basisById = new Map(about.map((other) => [other.id, other.basis ?? []]))
  const mayRemove = (event: Told): boolean => law?.isAdminAt(basisById.get(event.id) ?? [], event.author) ?? false
  const folded =
    line === 'message'
      ? foldMessage(toTold(row), about.map(toTold), mayRemove)
      : { text: '', replyTo: undefined, removed: false, needsNewer: false, edits: [], reactions: [], system: line }
  return {
    id: id as MessageId,
    chat,
    order,
    mine: author === own || line !== 'message',
    author,
    device,
    counter,
    time,
    arrivedAt,
    ...folded,
    failed: before?.failed ?? false
  }
}

/** Inside a write: lines that are shown now, or no more, because the roster says otherwise; and messages folded again. */
export const refoldLines = async (
  db: Db,
  change: Change,
  context: LineContext,
  ids: readonly string[]
): Promise<ChatRecord> => {
  let { chat } = context
  // from the table: memory holds what was before this write
  for (const row of await db.tables.events.bulkGet([...new Set(ids)].filter(isMessageId))) {
    if (row?.chat !== chat.id || isFloor(row)) continue
    const line = lineOf(row, context)
    const before = await db.tables.messages.get(row.id)
    const now =
      line === undefined || row.hidden === true
        ? undefined
        : line === 'message'
          ? (await refold(db, context, row.id)).row
          : toLine(row, line, [], context, before)
    if (now !== undefined) {
      await db.tables.messages.put(now)
      change.messages.push(now)
    } else if (before !== undefined) {
      await db.tables.messages.delete(row.id)
      change.gone.push({ chat: chat.id, id: row.id })
    }
    const total = chat.total + Number(now !== undefined) - Number(before !== undefined)
    const isLast = chat.last === undefined || chat.last.id === row.id || (now?.order ?? '') >= chat.last.order
    chat = { ...chat, total, last: isLast ? await newestLine(db, chat.id) : chat.last }
  }
  return chat
}

export const toLastLine = (row: MessageRow): LastLine => ({
  id: row.id,
  order: row.order,
  text: shorten(row.text, 200),
  kind: row.removed ? 'removed' : row.needsNewer || row.system !== undefined ? 'system' : 'text',
  ...(row.system !== undefined && { system: row.system }),
  author: row.author,
  mine: row.mine,
  at: Math.min(row.time, row.arrivedAt),
  device: row.device,
  counter: row.counter,
  failed: row.failed
})

const laterLine = (last: LastLine | undefined, row: MessageRow): LastLine | undefined =>
  last === undefined || row.order >= last.order ? toLastLine(row) : last

export const newestLine = async (db: Db, chat: ChatId): Promise<LastLine | undefined> => {
  const [row] = await newestMessages(db, chat, 1)
  return row && toLastLine(row)
}
