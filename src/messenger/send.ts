/** Writing. One transaction holds event, outbox row and projection: when the id is back, the text cannot be lost. */
import { AppError } from '../base/errors.ts'
import type { ChatId, MessageId } from '../model/ids.ts'
import type { Draft } from '../model/views.ts'
import { knownChat, needChat } from '../store/chats.ts'
import { getSeen, markSeen } from '../store/contacts.ts'
import { hideMessage } from '../store/log.ts'
import { outboxOf, reviveEvents } from '../store/outbox.ts'
import type { ChatRecord, MessageRow } from '../store/rows.ts'
import { getMessage } from '../store/timeline.ts'
import { MAX_MENTIONS, MAX_TEXT_CHARS } from '../wire/event.ts'
import { append, OUTBOX_TTL_MS, WRITING } from './append.ts'
import type { Said } from './append.ts'
import type { Context } from './context.ts'
import { needOwn } from './context.ts'
import { rosterOf } from './peers.ts'

/** The page repeats a call with its nonce when the worker died; a day later nobody does. */
const NONCE_MS = 24 * 3600 * 1000
const MAX_NONCE_CHARS = 64

export const send = async (
  ctx: Context,
  chat: ChatId,
  { text, replyTo, mentions = [] }: Draft,
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
    const named = [...new Set(mentions)].slice(0, MAX_MENTIONS)
    const said: Exclude<Said, { kind: 'member' }> = {
      kind: 'message',
      text,
      ...(replyTo && { replyTo }),
      ...(named.length > 0 && { mentions: named })
    }
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
  // RO1: in a group an admin may, too
  const mayRemove = rosterOf(ctx, chat)?.members.get(needOwn(ctx).did)?.role === 'admin'
  await aboutMessage(ctx, chat, message, (row) => {
    if (!row.mine && !mayRemove) throw new AppError('conflict', 'only its author removes a message for everyone')
    return row.removed ? undefined : { kind: 'removal', target: message }
  })
}

/** Puts a failed message back, with everything of this chat that waits with it, under the same event ids. */
export const retry = async (ctx: Context, chat: ChatId, message: MessageId): Promise<void> => {
  await ctx.db.write(WRITING, async (change) => {
    if (!ctx.db.memory.outbox.has(message)) return
    await reviveEvents(ctx.db, change, outboxOf(ctx.db, chat), ctx.clock.now() + OUTBOX_TTL_MS)
  })
  ctx.hurry(chat)
}

const checkLength = (text: string): void => {
  if (text.length > MAX_TEXT_CHARS) throw new AppError('too-large', `at most ${MAX_TEXT_CHARS} characters`)
  if (!text.isWellFormed()) throw new AppError('malformed', 'not well-formed text')
}

const aboutMessage = async (
  ctx: Context,
  chat: ChatId,
  message: MessageId,
  say: (row: MessageRow) => Exclude<Said, { kind: 'member' }> | undefined
): Promise<void> => {
  await ctx.db.write(WRITING, async (change) => {
    const row = await getMessage(ctx.db, message)
    if (row === undefined || row.chat !== chat || row.system !== undefined)
      throw new AppError('not-found', 'no such message')
    const said = say(row)
    if (said !== undefined) await append(ctx, change, knownChat(ctx.db, chat), said)
  })
  ctx.wake(chat)
}
