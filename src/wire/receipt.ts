/**
 * DL3: a receipt is a watermark, and the answer to a delivery carries some. Answers on a direct stream are encrypted by
 * Noise from device to device; an answer that passes a relay (a knock) must carry none.
 */
import { KiB } from '../base/bytes.ts'
import { field, fixed, listOf, maybe, message, oneOf, uint, version, type Of } from './schema.ts'

/** All events of `device` up to and including `counter` are held, in the conversation that the context names. */
export const watermark = message('watermark', { max: 64 }, { device: field(1, fixed(32)), counter: field(2, uint()) })
export type Watermark = Of<typeof watermark>

export const watermarks = listOf(watermark, { max: 64 })

export const deliveryAnswer = message(
  'delivery-answer',
  { max: 8 * KiB },
  {
    version: field(0, version(1)),
    /** `new`: written just now. `seen`: was here already. `kept`: held aside, not yet readable (EN5, LG4). */
    outcome: field(1, oneOf('new', 'seen', 'kept')),
    /** Both absent before acceptance. */
    conversation: maybe(2, fixed(32)),
    receipts: maybe(3, watermarks)
  }
)
export type DeliveryAnswer = Of<typeof deliveryAnswer>
