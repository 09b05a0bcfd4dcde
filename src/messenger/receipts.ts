/** DL3: a receipt is a watermark, the highest counter of a sending device that is held without gaps. */
import { bytesToBase64url } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { deviceIdFromKey, keyFromDeviceId } from '../crypto/device-id.ts'
import type { DeviceId } from '../model/ids.ts'
import type { ChatRecord } from '../store/rows.ts'
import { deliveryAnswer } from '../wire/receipt.ts'
import type { DeliveryAnswer, Watermark } from '../wire/receipt.ts'
import type { Context } from './context.ts'
import type { DeliverResult } from './net.ts'
import { ownerOf } from './peers.ts'

/** What we hold of the devices of others; to one device of a group only what concerns it. */
export const watermarksFor = (ctx: Context, chat: ChatRecord, to?: DeviceId): readonly Watermark[] =>
  Object.entries(chat.chains)
    .filter(([device]) => device !== ctx.device.id && (chat.kind !== 'group' || to === undefined || device === to))
    .slice(0, 64)
    .map(([device, { counter }]) => ({ device: keyFromDeviceId(device), counter }))

/** What `from` says it holds of this device; it may not claim what we never wrote, and never goes back. */
export const takeWatermarks = (
  ctx: Context,
  chat: ChatRecord,
  from: DeviceId,
  watermarks: readonly Watermark[]
): ChatRecord => {
  const mine = watermarks.find(({ device }) => deviceIdFromKey(device) === ctx.device.id)
  const written = chat.chains[ctx.device.id]?.counter ?? 0
  const before = chat.delivered[from]?.counter ?? 0
  const next = takeFormer(ctx, chat, watermarks)
  if (mine === undefined || mine.counter <= before || mine.counter > written) return next
  return { ...next, delivered: { ...chat.delivered, [from]: { counter: mine.counter, at: ctx.clock.now() } } }
}

/** DV5: what a device of ours before this one wrote is handed over by the log itself (LG7), and may have come. */
const takeFormer = (ctx: Context, chat: ChatRecord, watermarks: readonly Watermark[]): ChatRecord => {
  const former = ctx.own?.secrets.former ?? []
  if (former.length === 0) return chat
  const held: Record<DeviceId, number> = { ...chat.formerHeld }
  let isMore = false
  for (const { device: key, counter } of watermarks) {
    const device = deviceIdFromKey(key) as DeviceId
    if (!former.includes(device) || counter <= (held[device] ?? 0) || counter > (chat.chains[device]?.counter ?? 0)) {
      continue
    }
    held[device] = counter
    isMore = true
  }
  return isMore ? { ...chat, formerHeld: held } : chat
}

/** The answer to a delivery, when it is about this chat and comes from a device of somebody we know. */
export const takeAnswer = (
  ctx: Context,
  chat: ChatRecord,
  { answer, device }: Extract<DeliverResult, { outcome: 'delivered' }>
): ChatRecord => {
  if (answer.length === 0 || ownerOf(ctx, device) === undefined) return chat
  try {
    const { conversation, receipts } = deliveryAnswer.decode(answer)
    if (conversation === undefined || bytesToBase64url(conversation) !== chat.id) return chat
    return takeWatermarks(ctx, chat, device, receipts ?? [])
  } catch (error) {
    // an answer that we cannot read is no receipt: the events stay
    if (!(error instanceof AppError)) throw error
    ctx.log.warn('receipts.unreadable', { code: error.code })
    return chat
  }
}

export const encodeAnswer = (answer: Omit<DeliveryAnswer, 'version'>): Uint8Array =>
  deliveryAnswer.encode({ version: 1, ...answer })
