/**
 * A window on a chat as a feed. It reads its window once; after that each commit tells which rows changed, and they are put
 * in their places in memory: a new message in a chat of 100,000 costs the same as in a new one.
 */
import type { ChatId, Did, MessageId } from '../../model/ids.ts'
import { orderAt } from '../../model/fold.ts'
import { isLate, shownTime } from '../../model/hybrid-time.ts'
import { compareText, shorten } from '../../model/text.ts'
import type { MessageView, Quote, ReactionView, Timeline, TimelineWindow } from '../../model/views.ts'
import type { ChatRecord, MessageRow } from '../../store/rows.ts'
import {
  countBefore,
  firstTheirsAfter,
  getMessage,
  getMessages,
  messagesBefore,
  messagesFrom,
  newestMessages
} from '../../store/timeline.ts'
import { watch } from '../../store/watch.ts'
import type { Change } from '../../store/watch.ts'
import type { Context } from '../context.ts'
import { createNames } from '../names.ts'
import type { Names } from '../names.ts'
import { deliveryOf } from './chat-rows.ts'
import { ownFace } from './faces.ts'
import { toSystemLine } from './system-line.ts'

/** A window that is open for long keeps this many more than were asked for. */
const MAX_GROWTH = 500
const MAX_SIDE = 1000
const MAX_QUOTE = 200

interface Open {
  rows: MessageRow[]
  atStart: boolean
  atEnd: boolean
  /** Messages before the first row, while the end is not in the window. */
  before: number
  readonly firstUnread: MessageId | undefined
}

export const watchTimeline = (ctx: Context, chat: ChatId, window: TimelineWindow): AsyncIterable<Timeline> => {
  const sides = { before: Math.min(window.before, MAX_SIDE), after: Math.min(window.after, MAX_SIDE) }
  let open: Open | undefined
  let names: Names | undefined
  const quoted = new Map<MessageId, MessageRow>()

  return watch(ctx.db.changes, {
    concerns: (change) =>
      change.chats.has(chat) ||
      change.gone.some((gone) => gone.chat === chat) ||
      change.messages.some((row) => row.chat === chat) ||
      change.contacts.size > 0 ||
      change.topics.has('settings'),
    read: async (since) => {
      const record = ctx.db.memory.chats.get(chat)
      if (record === undefined) return emptyTimeline(chat)
      if (open === undefined || since === undefined) open = await openWindow(ctx, record, window.around, sides)
      else for (const change of since) await follow(ctx, open, change, chat, sides)
      if (names === undefined || since?.some(({ contacts }) => contacts.size > 0)) {
        names = createNames(ctx, record.kind === 'direct' ? [record.did] : undefined)
      }
      for (const row of since?.flatMap(({ messages }) => messages) ?? [])
        if (quoted.has(row.id)) quoted.set(row.id, row)
      for (const { id } of since?.flatMap(({ gone }) => gone) ?? []) quoted.delete(id as MessageId)
      await loadQuotes(ctx, open.rows, quoted)
      return show(ctx, record, open, names, quoted)
    }
  })
}

const emptyTimeline = (chat: ChatId): Timeline => ({
  chat,
  messages: [],
  atStart: true,
  atEnd: true,
  offset: 0,
  total: 0,
  unread: 0
})

type Sides = { readonly before: number; readonly after: number }

const openWindow = async (
  ctx: Context,
  chat: ChatRecord,
  around: TimelineWindow['around'],
  { before, after }: Sides
): Promise<Open> => {
  const unread = chat.unread > 0 ? await firstTheirsAfter(ctx.db, chat.id, chat.readOrder) : undefined
  const named = around === 'unread' ? unread : await findAnchor(ctx, chat.id, around)
  const anchor = named?.chat === chat.id ? named : undefined

  // one more than wanted on each side tells whether there is more
  const [older, newer] =
    anchor === undefined
      ? [await newestMessages(ctx.db, chat.id, before + 1), []]
      : await Promise.all([
          messagesBefore(ctx.db, chat.id, anchor.order, before + 1),
          messagesFrom(ctx.db, chat.id, anchor.order, after + 2)
        ])
  const atStart = older.length <= before
  const atEnd = newer.length <= after + 1
  const rows = [...(atStart ? older : older.slice(1)), ...(atEnd ? newer : newer.slice(0, -1))]
  const first = rows[0]
  return {
    rows,
    atStart,
    atEnd,
    before: atStart || first === undefined || atEnd ? 0 : await countBefore(ctx.db, chat.id, first.order),
    firstUnread: unread?.id
  }
}

const findAnchor = async (
  ctx: Context,
  chat: ChatId,
  around: Exclude<TimelineWindow['around'], 'unread'>
): Promise<MessageRow | undefined> => {
  if (around === 'end') return undefined
  if (typeof around === 'string') return await getMessage(ctx.db, around)
  const [first] = await messagesFrom(ctx.db, chat, orderAt(around.at), 1)
  return first
}

const follow = async (ctx: Context, open: Open, change: Change, chat: ChatId, sides: Sides): Promise<void> => {
  const gone = new Set(change.gone.filter((row) => row.chat === chat).map(({ id }) => id))
  if (gone.size > 0) open.rows = open.rows.filter(({ id }) => !gone.has(id))

  for (const row of change.messages) if (row.chat === chat) place(open, row)

  const tooMany = open.rows.length - (sides.before + sides.after + MAX_GROWTH)
  if (open.atEnd && tooMany > 0) {
    open.rows = open.rows.slice(tooMany)
    open.atStart = false
  }
  const [first] = open.rows
  if (!open.atEnd && !open.atStart && first !== undefined) open.before = await countBefore(ctx.db, chat, first.order)
}

/** Puts a row where its order key says, if that is inside the window. */
const place = (open: Open, row: MessageRow): void => {
  const { rows } = open
  let at = rows.length
  while (at > 0 && compareText(rows[at - 1]?.order ?? '', row.order) > 0) at--
  if (rows[at - 1]?.order === row.order) rows[at - 1] = row
  else if ((at > 0 || open.atStart) && (at < rows.length || open.atEnd)) rows.splice(at, 0, row)
}

const loadQuotes = async (
  ctx: Context,
  rows: readonly MessageRow[],
  quoted: Map<MessageId, MessageRow>
): Promise<void> => {
  const missing = new Set(rows.map(({ replyTo }) => replyTo).filter((id) => id !== undefined && !quoted.has(id)))
  if (missing.size === 0) return
  const here = new Map(rows.map((row) => [row.id, row]))
  const elsewhere: MessageId[] = []
  for (const id of missing) {
    if (id === undefined) continue
    const row = here.get(id)
    if (row === undefined) elsewhere.push(id)
    else quoted.set(id, row)
  }
  for (const row of await getMessages(ctx.db, elsewhere)) quoted.set(row.id, row)
}

const show = (
  ctx: Context,
  chat: ChatRecord,
  open: Open,
  names: Names,
  quoted: ReadonlyMap<MessageId, MessageRow>
): Timeline => ({
  chat: chat.id,
  messages: open.rows.map((row) => toMessageView(ctx, chat, row, names, quoted)),
  atStart: open.atStart,
  atEnd: open.atEnd,
  offset: open.atStart ? 0 : open.atEnd ? Math.max(0, chat.total - open.rows.length) : open.before,
  total: chat.total,
  ...(open.firstUnread !== undefined && { firstUnread: open.firstUnread }),
  unread: chat.unread
})

const toMessageView = (
  ctx: Context,
  chat: ChatRecord,
  row: MessageRow,
  names: Names,
  quoted: ReadonlyMap<MessageId, MessageRow>
): MessageView => {
  const own = ctx.own?.did
  const endsAt = ctx.endsAt(row)
  const system = row.system && toSystemLine(row.system, row.author, own, names)
  const quote = row.replyTo === undefined ? undefined : toQuote(row.replyTo, quoted.get(row.replyTo), chat.id, names)
  return {
    id: row.id,
    mine: row.mine && (system === undefined || row.author === own),
    author: row.author,
    authorName: names.of(row.author),
    text: row.text,
    at: shownTime(row.time, row.arrivedAt),
    arrivedAt: row.arrivedAt,
    late: !row.mine && system === undefined && isLate(row.time, row.arrivedAt),
    removed: row.removed,
    edits: row.edits,
    reactions: toReactions(row, ctx.own?.did, names),
    ...(quote && { quote }),
    ...(row.mine && system === undefined && { delivery: deliveryOf(chat, row, ownFace(ctx)) }),
    needsNewer: row.needsNewer,
    ...(system && { system }),
    ...(row.mentions && {
      mentions: row.mentions.map((did) => ({ did, name: names.of(did), mine: did === own }))
    }),
    ...(endsAt !== undefined && { endsAt }),
    ...(chat.pins?.[row.id]?.value === true && { pinned: true })
  }
}

const toQuote = (message: MessageId, row: MessageRow | undefined, chat: ChatId, names: Names): Quote =>
  row === undefined || row.chat !== chat || row.removed
    ? { message, author: '', mine: false }
    : { message, author: names.of(row.author), mine: row.mine, text: shorten(row.text, MAX_QUOTE) }

const toReactions = ({ reactions }: MessageRow, own: Did | undefined, names: Names): readonly ReactionView[] =>
  [...Map.groupBy(reactions, ({ emoji }) => emoji)].map(([emoji, all]) => ({
    emoji,
    count: all.length,
    mine: all.some(({ author }) => author === own),
    names: all.map(({ author }) => names.of(author))
  }))
