/** Which way one of our own messages went, and what happens next with it. */
import type { ChatId, MessageId } from '../../model/ids.ts'
import type { DeliveryView } from '../../model/views.ts'
import type { ChatRecord, MessageRow } from '../../store/rows.ts'
import { getMessage } from '../../store/timeline.ts'
import { watch } from '../../store/watch.ts'
import type { Context } from '../context.ts'
import { createNames } from '../names.ts'
import type { Names } from '../names.ts'
import { heldBy, peersOf } from '../peers.ts'
import type { Peer } from '../peers.ts'
import { deliveryOf } from './chat-rows.ts'
import { onReachability, ownFace } from './faces.ts'

export const watchDelivery = (ctx: Context, chatId: ChatId, id: MessageId): AsyncIterable<DeliveryView | undefined> =>
  watch<DeliveryView | undefined>(ctx.db.changes, {
    concerns: ({ chats, outbox, messages }) =>
      chats.has(chatId) || outbox.has(chatId) || messages.some((row) => row.id === id),
    also: [onReachability(ctx), ctx.lines.listen],
    read: async () => {
      const message = await getMessage(ctx.db, id)
      const chat = ctx.db.memory.chats.get(chatId)
      const waiting = ctx.db.memory.outbox.get(id)
      if (chat === undefined || message === undefined || !message.mine || message.chat !== chatId) return undefined
      const state = deliveryOf(chat, message, ownFace(ctx))
      const names = createNames(ctx)
      return {
        message: id,
        state: state === 'queued' && waiting?.state === 'sealed' ? 'sealed' : state,
        writtenAt: message.time,
        devices: concerned(ctx, chat, message).map((peer) => toDevice(ctx, { chat, message, peer, names })),
        ...(waiting === undefined ? { attempts: 0 } : tries(ctx, chat, message))
      }
    }
  })

/** LG7: whoever came after a message is not told of it. */
const concerned = (ctx: Context, chat: ChatRecord, { counter, device }: MessageRow): readonly Peer[] =>
  peersOf(ctx, chat).filter(({ did }) => device !== ctx.device.id || (chat.owedFrom?.[did] ?? 0) < counter)

const toDevice = (
  ctx: Context,
  {
    chat,
    message,
    peer,
    names
  }: { readonly chat: ChatRecord; readonly message: MessageRow; readonly peer: Peer; readonly names: Names }
): DeliveryView['devices'][number] => {
  const { device, did } = peer
  const { readReceipts } = ctx.settings
  const marks = chat.kind === 'group' ? chat.readBy?.[did] : chat.peerRead
  const read = marks?.[message.device]
  return {
    device,
    ...(chat.kind === 'group' && { who: { did, name: names.of(did), mine: false } }),
    path: ctx.net.reachability().devices.get(device)?.path ?? 'none',
    ...(message.device === ctx.device.id &&
      heldBy(chat, peer) >= message.counter && {
        deliveredAt: chat.delivered[device]?.at ?? message.arrivedAt
      }),
    ...(readReceipts && read && read.counter >= message.counter && { readAt: read.at })
  }
}

/** Of those who lack it: the one that was tried most, and when the next one is tried. */
const tries = (
  ctx: Context,
  chat: ChatRecord,
  { counter }: MessageRow
): Pick<DeliveryView, 'attempts' | 'lastError' | 'nextTryAt'> => {
  const have = new Set(
    peersOf(ctx, chat)
      .filter((peer) => heldBy(chat, peer) >= counter)
      .map(({ device }) => device)
  )
  const lines = [...ctx.lines.ofChat(chat.id)]
    .filter(([key]) => key === 'request' || !have.has(key))
    .map(([, line]) => line)
  const worst = lines.toSorted((a, b) => b.attempts - a.attempts)[0]
  const times = lines.map(({ nextTryAt }) => nextTryAt).filter((at) => at > 0)
  return {
    attempts: worst?.attempts ?? 0,
    ...(worst?.lastError !== undefined && { lastError: worst.lastError }),
    ...(times.length > 0 && { nextTryAt: Math.min(...times) })
  }
}
