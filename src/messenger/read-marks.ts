/**
 * What the person has seen. The mark moves only forward and only over what others wrote, so that something that arrives
 * late and sorts before it is still theirs to see. Others are told unless read receipts are off.
 */
import type { ChatId, DeviceId, MessageId } from '../model/ids.ts'
import { knownChat, putChat } from '../store/chats.ts'
import type { ChatRecord, MessageRow } from '../store/rows.ts'
import { countMentionsAfter, countTheirsAfter, getMessage, theirsBetween } from '../store/timeline.ts'
import type { Context } from './context.ts'
import { needOwn } from './context.ts'
import { append, isAllowed, WRITING } from './append.ts'

export const markRead = async (ctx: Context, chatId: ChatId, upTo: MessageId): Promise<void> => {
  const { readReceipts } = ctx.settings
  const told = await ctx.db.write(WRITING, async (change) => {
    const chat = knownChat(ctx.db, chatId)
    const message = await getMessage(ctx.db, upTo)
    if (message === undefined || message.chat !== chatId) return false
    const seen =
      message.order > chat.readOrder ? await theirsBetween(ctx.db, chatId, chat.readOrder, message.order) : []
    const last = seen.at(-1)
    if (last === undefined) {
      if (chat.markedUnread) await putChat(ctx.db, change, { ...chat, markedUnread: false })
      return false
    }
    const unread = await countTheirsAfter(ctx.db, chatId, last.order)
    const { mentions = 0, ...rest } = chat
    const left = mentions === 0 ? 0 : await countMentionsAfter(ctx.db, chatId, last.order, needOwn(ctx).did)
    const read: ChatRecord = {
      ...rest,
      readOrder: last.order,
      unread,
      markedUnread: false,
      ...(left > 0 && { mentions: left })
    }

    // IN3: before acceptance nothing leaves; IN5: the blocked learn nothing
    if (!readReceipts || !mayTell(ctx, chat)) {
      await putChat(ctx.db, change, read)
      return false
    }
    await append(ctx, change, read, { kind: 'read-mark', upTo: highestPerDevice(seen) })
    return true
  })
  if (told) ctx.wake(chatId)
}

const mayTell = (ctx: Context, chat: ChatRecord): boolean => {
  if (chat.kind === 'group') return isAllowed(ctx, chat, 'be')
  const contact = ctx.db.memory.contacts.get(chat.did)
  return contact?.standing === 'open' && !contact.blocked
}

const highestPerDevice = (rows: readonly MessageRow[]): readonly { device: DeviceId; counter: number }[] => {
  const counterByDevice = new Map<DeviceId, number>()
  for (const { device, counter } of rows) {
    counterByDevice.set(device, Math.max(counter, counterByDevice.get(device) ?? 0))
  }
  return [...counterByDevice].slice(0, 64).map(([device, counter]) => ({ device, counter }))
}
