/**
 * STUN (RFC 8489), binding requests only: tells a browser how it looks from here, so that no third party is ever asked.
 * Answers are never longer than twice the question, each address is rate-limited, and anything that is not a proper
 * request is counted and ignored. Attributes we do not need are skipped, unknown required ones are answered with 420.
 */
import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { crc32 } from 'node:zlib'
import type { Log } from '../src/base/log.ts'
import { concat } from '../src/base/bytes.ts'
import { addressGroup } from './limits.ts'
import type { RateLimit, Refusals } from './limits.ts'

const MAGIC = 0x2112a442
const HEADER_BYTES = 20
const BINDING_REQUEST = 0x0001
const BINDING_SUCCESS = 0x0101
const BINDING_ERROR = 0x0111
const XOR_MAPPED_ADDRESS = 0x0020
const ERROR_CODE = 0x0009
const UNKNOWN_ATTRIBUTES = 0x000a
const FINGERPRINT = 0x8028
const FINGERPRINT_XOR = 0x5354554e
/** Comprehension-required attributes that a binding request may carry and that change nothing for us. */
const HARMLESS = new Set([0x0006, 0x0008, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e, 0x0024, 0x0025])
const MAX_REQUEST_BYTES = 1280

interface Attribute {
  readonly type: number
  readonly value: Uint8Array
}

/** The answer to one datagram, or undefined when it deserves none. */
export const answerStun = (
  data: Uint8Array,
  from: { readonly address: string; readonly port: number }
): Uint8Array | undefined => {
  // a forged packet: nobody listens there, and sending to it throws
  if (from.port === 0) return undefined
  const request = readRequest(data)
  if (request === undefined) return undefined
  const unknown = request.attributes.map(({ type }) => type).filter((type) => type < 0x8000 && !HARMLESS.has(type))
  if (unknown.length === 0) {
    return encode(BINDING_SUCCESS, request.transaction, [
      { type: XOR_MAPPED_ADDRESS, value: xorMapped(from.address, from.port, request.transaction) }
    ])
  }
  const listed = new Uint8Array(unknown.length * 2)
  unknown.forEach((type, index) => {
    new DataView(listed.buffer).setUint16(index * 2, type)
  })
  return encode(BINDING_ERROR, request.transaction, [
    { type: ERROR_CODE, value: Uint8Array.of(0, 0, 4, 20) },
    { type: UNKNOWN_ATTRIBUTES, value: listed }
  ])
}

const readRequest = (data: Uint8Array): { transaction: Uint8Array; attributes: Attribute[] } | undefined => {
  if (data.length < HEADER_BYTES || data.length > MAX_REQUEST_BYTES || data.length % 4 !== 0) return undefined
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const isBinding = view.getUint16(0) === BINDING_REQUEST && view.getUint32(4) === MAGIC
  if (!isBinding || view.getUint16(2) !== data.length - HEADER_BYTES) return undefined

  const attributes: Attribute[] = []
  let at = HEADER_BYTES
  while (at < data.length) {
    const type = view.getUint16(at)
    const size = view.getUint16(at + 2)
    if (at + 4 + size > data.length) return undefined
    if (type === FINGERPRINT) {
      // it is the last one when it is there at all
      const isRight =
        size === 4 && at + 8 === data.length && view.getUint32(at + 4) === fingerprintOf(data.subarray(0, at))
      if (!isRight) return undefined
    } else attributes.push({ type, value: data.subarray(at + 4, at + 4 + size) })
    at += 4 + size + ((4 - (size % 4)) % 4)
  }
  return { transaction: data.slice(8, HEADER_BYTES), attributes }
}

const fingerprintOf = (before: Uint8Array): number => (crc32(before) ^ FINGERPRINT_XOR) >>> 0

const encode = (type: number, transaction: Uint8Array, attributes: readonly Attribute[]): Uint8Array => {
  const body = concat(
    ...attributes.flatMap(({ type: kind, value }) => {
      const head = new Uint8Array(4)
      new DataView(head.buffer).setUint16(0, kind)
      new DataView(head.buffer).setUint16(2, value.length)
      return [head, value, new Uint8Array((4 - (value.length % 4)) % 4)]
    })
  )
  const head = new Uint8Array(8)
  const view = new DataView(head.buffer)
  view.setUint16(0, type)
  view.setUint16(2, body.length + 8)
  view.setUint32(4, MAGIC)
  const whole = concat(head, transaction, body)
  const end = new Uint8Array(8)
  const tail = new DataView(end.buffer)
  tail.setUint16(0, FINGERPRINT)
  tail.setUint16(2, 4)
  tail.setUint32(4, fingerprintOf(whole))
  return concat(whole, end)
}

const xorMapped = (address: string, port: number, transaction: Uint8Array): Uint8Array => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  const mask = concat(Uint8Array.of(0x21, 0x12, 0xa4, 0x42), transaction)
  const raw = isIPv6(plain) ? ipv6ToBytes(plain) : Uint8Array.from(plain.split('.'), Number)
  const value = new Uint8Array(4 + raw.length)
  value[1] = raw.length === 16 ? 2 : 1
  new DataView(value.buffer).setUint16(2, port ^ (MAGIC >>> 16))
  raw.forEach((byte, index) => {
    value[4 + index] = byte ^ (mask[index] ?? 0)
  })
  return value
}

const parts = (text: string | undefined): string[] => (text === undefined || text === '' ? [] : text.split(':'))

const ipv6ToBytes = (address: string): Uint8Array => {
  const [head = '', tail] = address.split('::')
  const gap = tail === undefined ? 0 : 8 - parts(head).length - parts(tail).length
  const words = [...parts(head), ...Array.from({ length: gap }, () => '0'), ...parts(tail)]
  return Uint8Array.from(words.map((word) => Number.parseInt(word, 16)).flatMap((word) => [word >>> 8, word & 0xff]))
}

export interface StunServer {
  stop(): Promise<void>
}

/** @throws when the UDP port cannot be had. */
export const startStun = async ({
  host,
  port,
  rate,
  refusals,
  log
}: {
  readonly host: string
  readonly port: number
  readonly rate: RateLimit
  readonly refusals: Refusals
  readonly log: Log
}): Promise<StunServer> => {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  const onMessage = (data: Uint8Array, from: RemoteInfo): void => {
    if (!rate.take(addressGroup(from.address))) {
      refusals.count('stun-rate')
      return
    }
    const answer = answerStun(data, from)
    if (answer === undefined) {
      refusals.count('stun-malformed')
      return
    }
    // a lost answer is asked for again
    socket.send(answer, from.port, from.address, (error) => {
      if (error !== null) log.debug('stun.unsent', { code: error.name })
    })
  }
  await bind(socket, host, port)
  socket.on('message', onMessage)
  socket.on('error', (error) => {
    log.warn('stun.failed', { code: error.name })
  })
  return {
    stop: () =>
      new Promise((resolve) => {
        socket.close(resolve)
      })
  }
}

const bind = (socket: Socket, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.off('error', reject)
      resolve()
    })
  })
