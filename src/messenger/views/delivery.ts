/** Which way one of our own messages went, and what happens next with it. */
import type { ChatId, MessageId } from '../../model/ids.ts'
import type { DeliveryView } from '../../model/views.ts'
import { contactOf } from '../../store/contacts.ts'
import { getMessage } from '../../store/timeline.ts'
import { watch } from '../../store/watch.ts'
import type { Context } from '../context.ts'
import { deliveryOf } from './chat-rows.ts'
import { onReachability } from './chats.ts'

export const watchDelivery = (ctx: Context, chatId: ChatId, id: MessageId): AsyncIterable<DeliveryView | undefined> =>
  watch<DeliveryView | undefined>(ctx.db.changes, {
    concerns: ({ chats, outbox, messages }) =>
      chats.has(chatId) || outbox.has(chatId) || messages.some((row) => row.id === id),
    also: [onReachability(ctx)],
    read: async () => {
      const message = await getMessage(ctx.db, id)
      const chat = ctx.db.memory.chats.get(chatId)
      const contact = contactOf(ctx.db, chatId)
      const waiting = ctx.db.memory.outbox.get(id)
      if (chat === undefined || message === undefined || !message.mine || message.chat !== chatId) return undefined
      const { devices } = ctx.net.reachability()
      const state = deliveryOf(chat, message, { device: ctx.device.id, readReceipts: ctx.settings.readReceipts })
      const read = chat.peerRead[message.device]
      return {
        message: id,
        state: state === 'queued' && waiting?.state === 'sealed' ? 'sealed' : state,
        writtenAt: message.time,
        devices: (contact?.devices ?? []).map(({ device }) => {
          const delivered = chat.delivered[device]
          return {
            device,
            path: devices.get(device)?.path ?? 'none',
            ...(delivered && delivered.counter >= message.counter && { deliveredAt: delivered.at }),
            ...(ctx.settings.readReceipts && read && read.counter >= message.counter && { readAt: read.at })
          }
        }),
        attempts: waiting === undefined ? 0 : chat.attempts,
        ...(waiting && chat.lastError !== undefined && { lastError: chat.lastError }),
        ...(waiting && chat.nextTryAt > 0 && { nextTryAt: chat.nextTryAt })
      }
    }
  })
