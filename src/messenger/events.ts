/** Between the wire's verified events (bytes) and the log's rows (text ids). */
import { base64urlToBytes, bytesToBase64url } from '../base/bytes.ts'
import { deviceIdFromKey, keyFromDeviceId } from '../crypto/device-id.ts'
import { packEvent } from '../crypto/event.ts'
import type { EventBody, VerifiedEvent } from '../crypto/event.ts'
import type { Content } from '../model/fold.ts'
import type { MessageId } from '../model/ids.ts'
import type { NewEvent } from '../store/log.ts'
import type { EventRow } from '../store/rows.ts'

const idOf = (bytes: Uint8Array): MessageId => bytesToBase64url(bytes) as MessageId

const toContent = (body: VerifiedEvent['body']): Content | undefined => {
  if (body === 'gone') return undefined
  if (body === 'unknown') return { kind: 'unknown' }
  switch (body.kind) {
    case 'message':
      return { kind: 'message', text: body.text, ...(body.replyTo && { replyTo: idOf(body.replyTo) }) }
    case 'edit':
      return { kind: 'edit', target: idOf(body.target), text: body.text }
    case 'reaction':
      return { kind: 'reaction', target: idOf(body.target), emoji: body.emoji ?? null }
    case 'removal':
      return { kind: 'removal', target: idOf(body.target) }
    case 'read-mark':
      return {
        kind: 'read-mark',
        upTo: body.upTo.map(({ device, counter }) => ({ device: deviceIdFromKey(device), counter }))
      }
  }
}

export const toBody = (content: Exclude<Content, { kind: 'unknown' }>): EventBody => {
  switch (content.kind) {
    case 'message':
      return {
        kind: 'message',
        text: content.text,
        ...(content.replyTo && { replyTo: base64urlToBytes(content.replyTo) })
      }
    case 'edit':
      return { kind: 'edit', target: base64urlToBytes(content.target), text: content.text }
    case 'reaction':
      return {
        kind: 'reaction',
        target: base64urlToBytes(content.target),
        ...(content.emoji !== null && { emoji: content.emoji })
      }
    case 'removal':
      return { kind: 'removal', target: base64urlToBytes(content.target) }
    case 'read-mark':
      return {
        kind: 'read-mark',
        upTo: content.upTo.map(({ device, counter }) => ({ device: keyFromDeviceId(device), counter }))
      }
  }
}

export const toNewEvent = (event: VerifiedEvent): NewEvent => ({
  id: idOf(event.id),
  idBytes: event.id,
  author: event.author,
  device: event.device,
  counter: event.counter,
  previous: event.previous && idOf(event.previous),
  heads: event.heads.map(idOf),
  time: event.time,
  tick: event.tick,
  kind: event.kind,
  content: toContent(event.body),
  header: event.header,
  signature: event.signature,
  body: event.bodyBytes,
  salt: event.salt
})

/** As it travels; without its body once that is removed (LG5). */
export const toWire = ({
  header,
  signature,
  body,
  salt
}: Pick<EventRow, 'header' | 'signature' | 'body' | 'salt'>): Uint8Array =>
  packEvent({ header, signature, ...(body && salt && { bodyBytes: body, salt }) })
