import { crc32 } from 'node:zlib'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerStun } from '../../../relay/stun.ts'
import { MAPPED_V4, MAPPED_V6, SAMPLE_REQUEST, TRANSACTION } from '../../vectors/stun.ts'

const from = { address: '198.51.100.9', port: 4242 }
const bare = Buffer.concat([Buffer.from('000100002112a442', 'hex'), TRANSACTION])

/** A request with these attributes, lengths right and values padded. */
const withAttributes = (...attributes: readonly (readonly [type: number, value: Uint8Array])[]): Uint8Array => {
  const body = Buffer.concat(
    attributes.map(([type, value]) => {
      const attribute = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4)
      attribute.writeUInt16BE(type)
      attribute.writeUInt16BE(value.length, 2)
      attribute.set(value, 4)
      return attribute
    })
  )
  const head = Buffer.from(bare)
  head.writeUInt16BE(body.length, 2)
  return Buffer.concat([head, body])
}

test('RFC 5769: the sample request is answered with the published mapped addresses', () => {
  for (const { address, port, value } of [MAPPED_V4, MAPPED_V6]) {
    const answer = answerStun(SAMPLE_REQUEST, { address, port }) ?? new Uint8Array()
    expect([...answer.subarray(0, 2)]).toEqual([0x01, 0x01])
    expect(answer.subarray(8, 20)).toEqual(TRANSACTION)
    const view = new DataView(answer.buffer, answer.byteOffset)
    expect([view.getUint16(20), view.getUint16(22)]).toEqual([0x0020, value.length])
    expect(answer.subarray(24, 24 + value.length)).toEqual(value)
    const end = answer.length - 8
    expect(view.getUint16(2)).toBe(answer.length - 20)
    expect([view.getUint16(end), view.getUint16(end + 2)]).toEqual([0x8028, 4])
    expect(view.getUint32(end + 4)).toBe((crc32(answer.subarray(0, end)) ^ 0x5354554e) >>> 0)
  }
})

test('an IPv4 address on an IPv6 socket is told as IPv4', () => {
  const answer = answerStun(bare, { address: '::ffff:192.0.2.1', port: MAPPED_V4.port })
  expect(answer?.subarray(24, 32)).toEqual(MAPPED_V4.value)
})

test('a required attribute that we do not know is answered with 420 and its number', () => {
  const answer = Buffer.from(answerStun(withAttributes([0x7777, Uint8Array.of(1, 2, 3)]), from) ?? [])
  expect(answer.readUInt16BE(0)).toBe(0x0111)
  expect(answer.subarray(20).includes(Buffer.of(0, 9, 0, 4, 0, 0, 4, 20))).toBe(true)
  expect(answer.subarray(20).includes(Buffer.of(0, 10, 0, 2, 0x77, 0x77))).toBe(true)
  expect(answerStun(withAttributes([0x8888, Uint8Array.of(1)]), from)?.[0]).toBe(1)
})

const changed = (at: number, value: number): Uint8Array => {
  const copy = Buffer.from(SAMPLE_REQUEST)
  copy[at] = value
  return copy
}

test('what is no proper binding request gets no answer', () => {
  const bad = {
    empty: new Uint8Array(),
    'a response': changed(0, 1),
    'another method': changed(1, 3),
    'no magic cookie': changed(4, 0),
    'a length that is not its own': changed(3, 0x54),
    'a wrong fingerprint': changed(SAMPLE_REQUEST.length - 1, 0),
    'an attribute longer than the rest': changed(23, 0xff),
    'odd bytes at the end': Buffer.concat([SAMPLE_REQUEST, Uint8Array.of(0)]),
    'a fingerprint before the end': withAttributes([0x8028, new Uint8Array(4)], [0x8022, new Uint8Array(4)])
  }
  for (const [what, data] of Object.entries(bad))
    expect({ what, answer: answerStun(data, from) }).toEqual({ what, answer: undefined })
})

test('no datagram throws, and no answer is much longer than its question', () => {
  const almost = fc.uint8Array({ maxLength: 80 }).map((rest) => {
    const whole = Buffer.concat([bare, rest])
    whole.writeUInt16BE(rest.length, 2)
    return whole
  })
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 120 }), almost), (data) => {
      const answer = answerStun(data, from)
      expect(answer?.length ?? 0).toBeLessThanOrEqual(2 * data.length + 20)
    })
  )
})

test('a packet that claims to come from port 0, where no answer can be sent, gets none', () => {
  expect(answerStun(SAMPLE_REQUEST, { address: '198.51.100.9', port: 0 })).toBe(undefined)
})
