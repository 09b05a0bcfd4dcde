/**
 * Writing one event of ours, in its place, queued for whoever must have it. The signature is made inside the transaction,
 * because it is synchronous and the log's end must not move meanwhile.
 */
import { base64urlToBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { makeEvent } from '../crypto/event.ts'
import type { EventBody } from '../crypto/event.ts'
import type { Content } from '../model/fold.ts'
import { nextStamp } from '../model/hybrid-time.ts'
import type { MessageId } from '../model/ids.ts'
import { mayDo } from '../model/roster.ts'
import type { Deed } from '../model/roster.ts'
import { putContact } from '../store/contacts.ts'
import type { TableName } from '../store/database.ts'
import { applyEvents } from '../store/log.ts'
import type { Applied } from '../store/log.ts'
import { queueEvents } from '../store/outbox.ts'
import type { OutboxRow } from '../store/carried-rows.ts'
import type { ChatRecord, ContactRow } from '../store/rows.ts'
import type { Change } from '../store/watch.ts'
import { needSpeaking } from './context.ts'
import type { Context } from './context.ts'
import { toBody, toNewEvent } from './events.ts'
import { lawFor } from './groups/law.ts'
import { rosterOf } from './peers.ts'

/** DL2, MB4: what was not receipted by then is shown as failed, with Retry. */
export const OUTBOX_TTL_MS = 30 * 24 * 3600 * 1000

/** LG1. */
const MAX_OTHER_HEADS = 3

export const WRITING: readonly TableName[] = ['chats', 'contacts', 'events', 'messages', 'outbox']

export type Said = Exclude<Content, { kind: 'unknown' }>

/** Not to strangers whom we have not answered, not to the blocked, not where the roster says no, and not when replaced (DV5). */
export const mayWrite = (ctx: Context, chat: ChatRecord): boolean =>
  ctx.own?.standing !== 'replaced' && maySay(ctx, chat, 'message')

const maySay = (ctx: Context, chat: ChatRecord, kind: EventBody['kind']): boolean => {
  if (chat.kind === 'self') return true
  if (chat.kind === 'group') return isAllowed(ctx, chat, deedOf(kind))
  const contact = ctx.db.memory.contacts.get(chat.did)
  return contact !== undefined && !contact.blocked && contact.standing !== 'request' && contact.standing !== 'declined'
}

const deedOf = (kind: EventBody['kind']): Deed | 'be' => {
  switch (kind) {
    case 'message':
    case 'edit':
    case 'note':
      return 'write'
    case 'pin':
      return 'pin'
    case 'topic':
      return 'rename'
    case 'timer':
      return 'govern'
    default:
      return 'be'
  }
}

/** RO1: by the roster as it is now. In a group that we left, or that has not opened, nothing is. */
export const isAllowed = (ctx: Context, chat: ChatRecord, deed: Deed | 'be'): boolean => {
  const roster = rosterOf(ctx, chat.id)
  if (roster === undefined || ctx.own === undefined || chat.standing !== undefined) return false
  return deed === 'be' ? roster.members.has(ctx.own.did) : mayDo(roster, ctx.own.did, deed)
}

/** Inside a write over WRITING that has written nothing. @throws AppError `untrusted` in a group, else `conflict`. */
export const append = async (
  ctx: Context,
  change: Change,
  chat: ChatRecord,
  said: Exclude<Said, { kind: 'member' }>,
  also?: (id: MessageId) => Promise<void>
): Promise<MessageId> => (await appendBody(ctx, change, chat, toBody(said), also)).id

export interface Appended {
  readonly id: MessageId
  readonly applied: Applied
}

/** For `member` events the law that comes out is to be remembered after the write (groups/law.ts). */
export const appendBody = async (
  ctx: Context,
  change: Change,
  chat: ChatRecord,
  body: EventBody,
  also?: (id: MessageId) => Promise<void>
): Promise<Appended> => {
  const own = needSpeaking(ctx)
  const now = ctx.clock.now()
  if (body.kind !== 'member' && !maySay(ctx, chat, body.kind)) {
    const code = chat.kind === 'group' ? 'untrusted' : 'conflict'
    throw new AppError(code, 'this chat cannot be written to now')
  }
  const last = chat.chains[ctx.device.id]
  // the latest first: one with more than four ends names the others in later events
  const heads = chat.heads
    .filter(({ id }) => id !== last?.id)
    .toSorted((a, b) => (a.order < b.order ? 1 : -1))
    .slice(0, MAX_OTHER_HEADS)
  const counter = (last?.counter ?? 0) + 1
  const { event } = makeEvent(
    {
      conversation: base64urlToBytes(chat.id),
      did: own.did,
      device: ctx.device.id,
      counter,
      ...(last && { previous: base64urlToBytes(last.id) }),
      heads: heads.map(({ id }) => base64urlToBytes(id)),
      ...nextStamp({ now, ownLast: last, heads }),
      body
    },
    ctx.device.seed,
    ctx.random
  )
  const fresh = toNewEvent(event)
  const asking = isAsking(ctx, chat)
  const place = asking === undefined ? chat : { ...chat, debts: { ...chat.debts, request: 1 } }
  const id = fresh.id as MessageId
  const queued: OutboxRow = {
    id,
    chat: chat.id,
    counter,
    queuedAt: now,
    endsAt: now + OUTBOX_TTL_MS,
    state: 'queued',
    ...(body.kind === 'member' && { isMember: true })
  }
  const [applied] = await Promise.all([
    applyEvents(ctx.db, change, {
      chat: place,
      events: [fresh],
      own: own.did,
      device: ctx.device.id,
      now,
      law: lawFor(ctx, chat)
    }),
    chat.kind === 'self' ? undefined : queueEvents(ctx.db, change, [queued]),
    asking && putContact(ctx.db, change, { ...asking, standing: 'asked' }),
    also?.(id)
  ])
  return { id, applied }
}

/** IN5: the first message to somebody we looked up is the request. */
const isAsking = (ctx: Context, chat: ChatRecord): ContactRow | undefined => {
  const contact = chat.kind === 'direct' ? ctx.db.memory.contacts.get(chat.did) : undefined
  return contact?.standing === 'found' ? contact : undefined
}
