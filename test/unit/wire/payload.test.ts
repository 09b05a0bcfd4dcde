import { describe, expect, test } from 'vitest'
import { envelope, MAX_ENVELOPE_BYTES } from '../../../src/wire/envelope.ts'
import { MAX_BODY_BYTES, MAX_EVENTS, MAX_TEXT_CHARS, messageBody } from '../../../src/wire/event.ts'
import { encodePadded, MAX_PAYLOAD_BYTES, paddedSize, payload, type Payload } from '../../../src/wire/payload.ts'
import { deliveryAnswer } from '../../../src/wire/receipt.ts'

const id = new Uint8Array(32).fill(1)
const bare: Payload = {
  version: 1,
  conversation: id,
  sender: id,
  place: { generation: 0, seq: 3 },
  documentHash: id,
  issued: 1_795_000_000_000,
  events: [],
  receipts: [{ device: id, counter: 12 }]
}
const withText = (size: number): Payload => ({ ...bare, events: [new Uint8Array(size)] })

describe('padding', () => {
  test('is ignored by the reader', () => {
    const { padding, ...rest } = payload.decode(encodePadded(bare))
    expect(rest).toEqual(bare)
    expect(padding).toEqual(new Uint8Array(padding?.length ?? 0))
  })

  test('makes short texts look alike', () => {
    const sizes = new Set(Array.from({ length: 200 }, (_, size) => encodePadded(withText(size + 290)).length))
    expect([...sizes]).toEqual([512, 768])
  })

  test('leaves few sizes, and costs at most an eighth', () => {
    const lengths = [...Array(500).keys()].map((step) => encodePadded(withText(1 + step * 100)).length)
    expect(new Set(lengths).size).toBeLessThan(50)
    for (const [step, length] of lengths.entries()) {
      const plain = payload.encode(withText(1 + step * 100)).length
      expect(length).toBeGreaterThanOrEqual(plain)
      expect(length).toBeLessThanOrEqual(Math.max(plain + 512, plain * 1.16))
      if (length < 60_000) expect(length).toBe(paddedSize(length))
    }
  })

  test('never makes a payload too large that was not', () => {
    const room = MAX_PAYLOAD_BYTES - payload.encode({ ...bare, events: [new Uint8Array(50_000)] }).length
    for (const missing of [0, 1, 4, 5, 6, 300]) {
      const value = { ...bare, events: [new Uint8Array(50_000), new Uint8Array(room - missing - 3)] }
      expect(encodePadded(value).length).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES)
    }
  })
})

test('LG2 the longest text fits its body in the longest spelling', () => {
  const data = messageBody.encode({ version: 1, text: '漢'.repeat(MAX_TEXT_CHARS), replyTo: id })
  expect(data.length).toBeLessThanOrEqual(MAX_BODY_BYTES)
})

test('a payload holds at most 64 events', () => {
  const events = Array.from({ length: MAX_EVENTS + 1 }, () => Uint8Array.of(1))
  expect(() => payload.encode({ ...bare, events })).toThrow(expect.objectContaining({ code: 'malformed' }))
})

test('EN3 the largest envelope fits a frame', () => {
  const sealed = new Uint8Array(MAX_ENVELOPE_BYTES - 64)
  const data = envelope.encode({ version: 1, kind: 'sealed', route: new Uint8Array(16), sealed })
  expect(data.length).toBeLessThanOrEqual(79 * 1024)
})

test('DL3 an answer before acceptance says nothing but that it arrived', () => {
  expect(deliveryAnswer.encode({ version: 1, outcome: 'new' }).length).toBeLessThan(12)
})
