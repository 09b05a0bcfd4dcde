/**
 * Writing. One transaction holds event, outbox row and projection: when the id is back, the text cannot be lost.
 * The signature is made inside the transaction, because it is synchronous and the log's end must not move meanwhile.
 */
import { base64urlToBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { makeEvent } from '../crypto/event.ts'
import type { Content } from '../model/fold.ts'
import { nextStamp } from '../model/hybrid-time.ts'
import type { ChatId, MessageId } from '../model/ids.ts'
import type { Draft } from '../model/views.ts'
import { knownChat, needChat, putChat } from '../store/chats.ts'
import { getSeen, markSeen, putContact } from '../store/contacts.ts'
import type { TableName } from '../store/database.ts'
import { applyEvents, hideMessage } from '../store/log.ts'
import { outboxOf, queueEvents, reviveEvents } from '../store/outbox.ts'
import type { ChatRecord, ContactRow, MessageRow, OutboxRow } from '../store/rows.ts'
import { getMessage } from '../store/timeline.ts'
import type { Change } from '../store/watch.ts'
import { MAX_TEXT_CHARS } from '../wire/event.ts'
import type { Context } from './context.ts'
import { needOwn } from './context.ts'
import { toBody, toNewEvent } from './events.ts'

/** DL2, MB4: what was not receipted by then is shown as failed, with Retry. */
export const OUTBOX_TTL_MS = 30 * 24 * 3600 * 1000

/** LG1. */
const MAX_OTHER_HEADS = 3

export const WRITING: readonly TableName[] = ['chats', 'contacts', 'events', 'messages', 'outbox']

type Said = Exclude<Content, { kind: 'unknown' }>

/** The page repeats a call with its nonce when the worker died; a day later nobody does. */
const NONCE_MS = 24 * 3600 * 1000
const MAX_NONCE_CHARS = 64

export const send = async (
  ctx: Context,
  chat: ChatId,
  { text, replyTo }: Draft,
  nonce?: string
): Promise<MessageId> => {
  if (text.trim() === '') throw new AppError('malformed', 'nothing to send')
  checkLength(text)
  if (nonce !== undefined && nonce.length > MAX_NONCE_CHARS) throw new AppError('malformed', 'nonce')
  const key = `send:${chat}:${nonce}`
  const id = await ctx.db.write(nonce === undefined ? WRITING : [...WRITING, 'seen'], async (change) => {
    const before = nonce === undefined ? undefined : getSeen(ctx.db, key)
    if (before?.outcome !== undefined) return before.outcome as MessageId
    // what was being written is now sent
    const place: ChatRecord = { ...knownChat(ctx.db, chat), draft: { text: '' }, markedUnread: false }
    const now = ctx.clock.now()
    const said: Said = { kind: 'message', text, ...(replyTo && { replyTo }) }
    return await append(ctx, change, place, said, async (outcome) => {
      if (nonce !== undefined) await markSeen(ctx.db, { id: key, endsAt: now + NONCE_MS, outcome }, now)
    })
  })
  ctx.wake(chat)
  return id
}

export const edit = async (ctx: Context, chat: ChatId, message: MessageId, text: string): Promise<void> => {
  if (text.trim() === '') throw new AppError('malformed', 'nothing is left; remove it instead')
  checkLength(text)
  await aboutMessage(ctx, chat, message, (row) => {
    if (!row.mine) throw new AppError('conflict', 'only its author edits a message')
    if (row.removed) throw new AppError('conflict', 'the message was removed')
    return row.text === text ? undefined : { kind: 'edit', target: message, text }
  })
}

export const react = async (ctx: Context, chat: ChatId, message: MessageId, emoji: string | null): Promise<void> => {
  const own = needOwn(ctx)
  await aboutMessage(ctx, chat, message, (row) => {
    if (row.removed) throw new AppError('conflict', 'the message was removed')
    const before = row.reactions.find(({ author }) => author === own.did)?.emoji ?? null
    return before === emoji ? undefined : { kind: 'reaction', target: message, emoji }
  })
}

export const remove = async (
  ctx: Context,
  chat: ChatId,
  message: MessageId,
  scope: 'me' | 'everyone'
): Promise<void> => {
  if (scope === 'me') {
    await ctx.db.write(['chats', 'events', 'messages'], async (change) =>
      hideMessage(ctx.db, change, await needChat(ctx.db, chat), message)
    )
    return
  }
  await aboutMessage(ctx, chat, message, (row) => {
    if (!row.mine) throw new AppError('conflict', 'only its author removes a message for everyone')
    return row.removed ? undefined : { kind: 'removal', target: message }
  })
}

/** Puts a failed message back, with everything of this chat that waits with it, under the same event ids. */
export const retry = async (ctx: Context, chat: ChatId, message: MessageId): Promise<void> => {
  await ctx.db.write([...WRITING, 'parcels'], async (change) => {
    if (!ctx.db.memory.outbox.has(message)) return
    await reviveEvents(ctx.db, change, outboxOf(ctx.db, chat), ctx.clock.now() + OUTBOX_TTL_MS)
    await putChat(ctx.db, change, {
      ...(await needChat(ctx.db, chat)),
      attempts: 0,
      nextTryAt: 0,
      lastError: undefined
    })
  })
  ctx.wake(chat)
}

const checkLength = (text: string): void => {
  if (text.length > MAX_TEXT_CHARS) throw new AppError('too-large', `at most ${MAX_TEXT_CHARS} characters`)
  if (!text.isWellFormed()) throw new AppError('malformed', 'not well-formed text')
}

const aboutMessage = async (
  ctx: Context,
  chat: ChatId,
  message: MessageId,
  say: (row: MessageRow) => Said | undefined
): Promise<void> => {
  await ctx.db.write(WRITING, async (change) => {
    const row = await getMessage(ctx.db, message)
    if (row === undefined || row.chat !== chat) throw new AppError('not-found', 'no such message')
    const said = say(row)
    if (said !== undefined) await append(ctx, change, knownChat(ctx.db, chat), said)
  })
  ctx.wake(chat)
}

/** Not to strangers whom we have not answered, and not to the blocked. */
export const mayWrite = (chat: ChatRecord, contact: ContactRow | undefined): boolean =>
  chat.kind === 'self' ||
  (contact !== undefined && !contact.blocked && contact.standing !== 'request' && contact.standing !== 'declined')

/** Inside a write over WRITING that has written nothing: one more event of ours, in its place, queued for the others. */
export const append = async (
  ctx: Context,
  change: Change,
  chat: ChatRecord,
  said: Said,
  also?: (id: MessageId) => Promise<void>
): Promise<MessageId> => {
  const own = needOwn(ctx)
  const now = ctx.clock.now()
  const contact = chat.kind === 'self' ? undefined : ctx.db.memory.contacts.get(chat.did)
  if (!mayWrite(chat, contact)) throw new AppError('conflict', 'this chat cannot be written to now')

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
      body: toBody(said)
    },
    ctx.device.seed,
    ctx.random
  )
  const fresh = toNewEvent(event)
  // IN5: the first message to somebody we looked up is the request
  const isAsking = contact?.standing === 'found'
  const place = isAsking ? { ...chat, debts: { ...chat.debts, request: 1 } } : chat
  const id = fresh.id as MessageId
  const queued: OutboxRow = {
    id,
    chat: chat.id,
    counter,
    queuedAt: now,
    endsAt: now + OUTBOX_TTL_MS,
    state: 'queued'
  }
  await Promise.all([
    applyEvents(ctx.db, change, { chat: place, events: [fresh], own: own.did, now }),
    chat.kind === 'self' ? undefined : queueEvents(ctx.db, change, [queued]),
    isAsking ? putContact(ctx.db, change, { ...contact, standing: 'asked' }) : undefined,
    also?.(id)
  ])
  return id
}
